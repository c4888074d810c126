using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Tenfold.Aws.Wire;

/// <summary>Makes an HTTP request of a <see cref="WireRequest"/>.</summary>
internal sealed class WireMarshaller(WireService service) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = (WireRequest)input;
        var http = new DefaultRequest(request, service.Id)
        {
            HttpMethod = "POST",
            ResourcePath = service.Protocol == WireProtocol.RestJson ? $"/v1/{request.Operation.Name.ToLowerInvariant()}" : "/",
            Content = request.Body,
        };
        http.Headers["Content-Type"] = service.Protocol switch
        {
            WireProtocol.RestJson => "application/json",
            WireProtocol.Json11 => "application/x-amz-json-1.1",
            WireProtocol.Query => "application/x-www-form-urlencoded; charset=utf-8",
            _ => throw new ArgumentOutOfRangeException(nameof(input)),
        };
        if (service.Target is { } target) http.Headers["X-Amz-Target"] = $"{target}.{request.Operation.Name}";
        return http;
    }
}

/// <summary>Reads an answer's body, up to a limit, and the code and message of an error.</summary>
internal sealed class WireUnmarshaller(WireService service, int maxBytes) : ResponseUnmarshaller
{
    private const int MaxErrorBytes = 256 << 10;

    public override AmazonWebServiceResponse Unmarshall(UnmarshallerContext input)
    {
        var context = (JsonUnmarshallerContext)input;
        var body = context.ResponseData.ContentLength > maxBytes ? null : ReadAtMost(context.Stream, maxBytes);
        return new WireReply
        {
            Body = body,
            ResponseMetadata = new ResponseMetadata { RequestId = RequestIdOf(context.ResponseData) },
        };
    }

    public override AmazonServiceException UnmarshallException(
        UnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var context = (JsonUnmarshallerContext)input;
        var body = ReadAtMost(context.Stream, MaxErrorBytes) ?? [];
        var error = service.Protocol == WireProtocol.Query
            ? WireError.OfXml(body)
            : WireError.OfJson(body, context.ResponseData.GetHeaderValue("x-amzn-ErrorType"));
        return new AmazonServiceException(
            error.Message, innerException, ErrorType.Unknown, error.Code,
            error.RequestId ?? RequestIdOf(context.ResponseData), statusCode);
    }

    /// <summary>The request's id. Batch, SageMaker and most others send the first header, S3-like services the second.</summary>
    private static string? RequestIdOf(IWebResponseData response)
    {
        var id = response.GetHeaderValue("x-amzn-RequestId");
        if (string.IsNullOrEmpty(id)) id = response.GetHeaderValue("x-amz-request-id");
        return string.IsNullOrEmpty(id) ? null : id;
    }

    // The SDK unmarshals synchronously. Cancellation and timeouts dispose the stream, which ends the read.
    private static byte[]? ReadAtMost(Stream stream, int limit)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = stream.Read(buffer, 0, buffer.Length)) > 0;)
        {
            if (content.Length + read > limit) return null;
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }

    protected override UnmarshallerContext ConstructUnmarshallerContext(
        Stream responseStream, bool maintainResponseBody, IWebResponseData response, bool isException) =>
        ConstructUnmarshallerContext(responseStream, maintainResponseBody, response, isException, requestContext: null!);

    // The context also compares the checksum of the answer, where a service sends one.
    protected override UnmarshallerContext ConstructUnmarshallerContext(
        Stream responseStream, bool maintainResponseBody, IWebResponseData response, bool isException, IRequestContext requestContext) =>
        new JsonUnmarshallerContext(responseStream, maintainResponseBody, response, isException, requestContext);
}
