using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Tenfold.Aws.Images;
using Tenfold.Aws.Wire;

namespace Tenfold.App.Images;

/// <summary>Finds out which digest an image has now. It sends no credentials, except to Amazon's own registry.</summary>
/// <remarks>Source: OCI distribution specification, "Pulling manifests"; Docker registry, "Token authentication".</remarks>
internal sealed class RegistryLookup(TimeProvider time)
{
    private const string DigestHeader = "Docker-Content-Digest", Hub = "registry-1.docker.io";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly string[] Manifests =
    [
        "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
    ];

    /// <summary>True for a registry on this machine, which needs no certificate.</summary>
    public static bool IsLoopback(string server) =>
        server.Split(':')[0] is var host
        && (host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));

    /// <summary>Finds the image.</summary>
    /// <param name="reference">The image, with a tag or without.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The digest, <c>sha256:…</c>; null when no image has the tag, or the registry doesn't say so without a login.</returns>
    public async Task<string?> FindAsync(string reference, CancellationToken cancellationToken)
    {
        var (repository, tag) = Split(reference);
        try
        {
            using var ecr = EcrRegistry.TryOpen(repository, time);
            return ecr is not null
                ? await ecr.FindAsync(tag, cancellationToken)
                : await AskAsync(repository, tag, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or AwsException or JsonException or UriFormatException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Divides an image's name into its repository and its tag.</summary>
    public static (string Repository, string Tag) Split(string reference)
    {
        var name = reference.Split('@')[0];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? (name[..colon], name[(colon + 1)..]) : (name, "latest");
    }

    private static async Task<string?> AskAsync(string repository, string tag, CancellationToken cancellationToken)
    {
        // A name without a registry is Docker's, as `docker pull` reads it.
        var slash = repository.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : repository[..slash];
        var hasServer = first.Contains('.') || first.Contains(':') || first == "localhost";
        var (server, path) = hasServer ? (first, repository[(slash + 1)..]) : (Hub, slash < 0 ? $"library/{repository}" : repository);
        if (server == "docker.io") server = Hub;
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = Patience };
        var url = new Uri($"{(IsLoopback(server) ? "http" : "https")}://{server}/v2/{path}/manifests/{tag}");
        using var answer = await SendAsync(client, url, null, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.Unauthorized) return DigestOf(answer);
        // Public images need a token, too, which everybody gets.
        if (await TokenAsync(client, answer, cancellationToken) is not { } token) return null;
        using var again = await SendAsync(client, url, token, cancellationToken);
        return DigestOf(again);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, Uri url, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, url);
        foreach (var type in Manifests) request.Headers.Accept.ParseAdd(type);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request, cancellationToken);
    }

    private static async Task<string?> TokenAsync(HttpClient client, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Headers.WwwAuthenticate.FirstOrDefault(one => one.Scheme == "Bearer")?.Parameter is not { } parameter) return null;
        var values = parameter.Split(',').Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
            .GroupBy(part => part[0].Trim()).ToDictionary(part => part.Key, part => part.First()[1].Trim('"'));
        if (!values.TryGetValue("realm", out var realm) || !Uri.TryCreate(realm, UriKind.Absolute, out var url)) return null;
        var query = string.Join('&', new[] { "service", "scope" }.Where(values.ContainsKey)
            .Select(name => $"{name}={Uri.EscapeDataString(values[name])}"));
        using var given = await client.GetAsync(new Uri($"{url}?{query}"), cancellationToken);
        if (!given.IsSuccessStatusCode) return null;
        using var json = JsonDocument.Parse(await given.Content.ReadAsStringAsync(cancellationToken));
        foreach (var name in new[] { "token", "access_token" })
            if (json.RootElement.TryGetProperty(name, out var token)) return token.GetString();
        return null;
    }

    private static string? DigestOf(HttpResponseMessage answer) =>
        answer.IsSuccessStatusCode && answer.Headers.TryGetValues(DigestHeader, out var values)
        && values.First() is ['s', 'h', 'a', '2', '5', '6', ':', ..] digest ? digest : null;
}
