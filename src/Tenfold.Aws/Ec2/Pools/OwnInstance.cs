using System.Net;

namespace Tenfold.Aws.Ec2.Pools;

/// <summary>Finds which instance of EC2 this machine is.</summary>
/// <remarks>Source: EC2 User Guide, "Instance metadata and user data": version 2, which asks for a token first.</remarks>
public static class OwnInstance
{
    private const string DefaultMetadata = "http://169.254.169.254";

    // The first networked program of a boot may wait for the network.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Asks the metadata service.</summary>
    /// <param name="environment">The variables of the process, which may name another endpoint, or switch it off.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The id; null when there is no such service, or it does not answer.</returns>
    public static async Task<string?> FindAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        if (environment.GetValueOrDefault("AWS_EC2_METADATA_DISABLED")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true)
            return null;
        var url = environment.GetValueOrDefault("AWS_EC2_METADATA_SERVICE_ENDPOINT") is { Length: > 0 } own ? own : DefaultMetadata;
        // The metadata service is on the machine itself: a proxy would ask its own.
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(url.TrimEnd('/') + "/"), Timeout = Limit };
        try
        {
            using var ask = new HttpRequestMessage(HttpMethod.Put, "latest/api/token");
            ask.Headers.Add("X-aws-ec2-metadata-token-ttl-seconds", "60");
            using var token = await client.SendAsync(ask, cancellationToken);
            if (!token.IsSuccessStatusCode) return null;
            using var request = new HttpRequestMessage(HttpMethod.Get, "latest/meta-data/instance-id");
            request.Headers.Add("X-aws-ec2-metadata-token", await token.Content.ReadAsStringAsync(cancellationToken));
            using var answer = await client.SendAsync(request, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK) return null;
            var id = (await answer.Content.ReadAsStringAsync(cancellationToken)).Trim();
            return id.StartsWith("i-", StringComparison.Ordinal) && id.Length <= 32 && id[2..].All(char.IsAsciiHexDigit) ? id : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
