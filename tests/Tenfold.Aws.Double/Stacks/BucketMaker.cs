using System.Net;
using System.Xml.Linq;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>Makes and deletes buckets on the S3 server; without a server, it imagines them.</summary>
internal sealed class BucketMaker(Account account) : IDisposable
{
    private readonly HttpClient _client = new();

    public void Make(string name)
    {
        if (account.Options.S3Endpoint is { } endpoint) Send(HttpMethod.Put, $"{endpoint}/{name}");
    }

    public void Delete(string name)
    {
        if (account.Options.S3Endpoint is not { } endpoint) return;
        var (status, body) = Send(HttpMethod.Get, $"{endpoint}/{name}?list-type=2&max-keys=1");
        if (status == HttpStatusCode.NotFound) return;
        if (XDocument.Parse(body).Descendants().Any(element => element.Name.LocalName == "Key"))
            throw new AwsErrorException(409, "BucketNotEmpty",
                "The bucket you tried to delete is not empty. You must delete all versions in the bucket.");
        Send(HttpMethod.Delete, $"{endpoint}/{name}");
    }

    /// <summary>Reads an object, for example a large template.</summary>
    public string Read(string path) => Send(HttpMethod.Get, $"{account.Options.S3Endpoint}{path}").Body;

    public void Dispose() => _client.Dispose();

    private (HttpStatusCode Status, string Body) Send(HttpMethod method, string url)
    {
        using var answer = _client.Send(new HttpRequestMessage(method, url));
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        return (answer.StatusCode, reader.ReadToEnd());
    }
}
