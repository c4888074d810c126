namespace Tenfold.Aws.Double.Wire;

/// <summary>A request over HTTP.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path as it was sent, encoded, without the query.</param>
/// <param name="Query">The query as it was sent, without the question mark.</param>
/// <param name="Headers">The headers, by their names in lower case.</param>
/// <param name="Body">The body.</param>
internal sealed record HttpRequest(
    string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>An answer over HTTP.</summary>
internal sealed record HttpAnswer(int Status, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public static HttpAnswer Text(int status, string body) =>
        new(status, System.Text.Encoding.UTF8.GetBytes(body)) { Headers = { ["Content-Type"] = "text/plain" } };
}
