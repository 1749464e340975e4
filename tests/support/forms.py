"""Forms as browsers send them to S3, and how requests of any kind are answered."""

import urllib.error
import urllib.request
import uuid


def encoded(fields, content, filename=None):
    """The body and the headers of a POST of these fields and then the file."""
    boundary = uuid.uuid4().hex
    name_of_file = f'; filename="{filename}"' if filename else ""
    body = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    body += f'--{boundary}\r\nContent-Disposition: form-data; name="file"{name_of_file}\r\n\r\n'
    return body.encode() + content + f"\r\n--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def request_of(form, content=b"x"):
    """Of what boto3's generate_presigned_post() answers."""
    return urllib.request.Request(form["url"], *encoded(form["fields"], content))


def status_of(request):
    """A URL's, or a request's."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
