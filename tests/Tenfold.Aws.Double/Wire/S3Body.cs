using System.Text;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Takes signed chunks out of a body. The S3 server can do so only for signatures that it checks itself.</summary>
/// <remarks>Source: Amazon S3 API Reference, "Signature Calculations: Transferring Payload in Multiple Chunks".</remarks>
internal static class S3Body
{
    public static HttpRequest Plain(HttpRequest request)
    {
        var headers = request.Headers.ToDictionary();
        headers.Remove("transfer-encoding");
        var body = request.Body;
        if (headers.GetValueOrDefault("x-amz-content-sha256")?.StartsWith("STREAMING-", StringComparison.Ordinal) == true)
        {
            body = Join(request.Body, headers);
            foreach (var name in (string[])["x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer"]) headers.Remove(name);
            if (headers.GetValueOrDefault("content-encoding") == "aws-chunked") headers.Remove("content-encoding");
        }
        if (body.Length > 0 || request.Method is "PUT" or "POST") headers["content-length"] = $"{body.Length}";
        return request with { Headers = headers, Body = body };
    }

    // Each chunk is its length in hexadecimal, its signature, and its bytes. Checksums follow the last one.
    private static byte[] Join(byte[] body, Dictionary<string, string> headers)
    {
        var result = new MemoryStream();
        var at = 0;
        while (true)
        {
            var size = Convert.ToInt32(Line(body, ref at).Split(';')[0], 16);
            if (size == 0) break;
            result.Write(body, at, size);
            at += size + 2;
        }
        while (at < body.Length && Line(body, ref at) is { Length: > 0 } trailer)
            if (trailer.Split(':', 2) is [var name, var value] && name != "x-amz-trailer-signature") headers[name] = value.Trim();
        return result.ToArray();
    }

    private static string Line(byte[] body, ref int at)
    {
        var length = body.AsSpan(at).IndexOf("\r\n"u8);
        if (length < 0) length = body.Length - at;
        var line = Encoding.ASCII.GetString(body, at, length);
        at += length + 2;
        return line;
    }
}
