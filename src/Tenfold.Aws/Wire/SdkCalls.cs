using Amazon.Runtime;

namespace Tenfold.Aws.Wire;

/// <summary>
/// Makes the calls of a service whose client is Amazon's own package: with the endpoint, region and time limit of
/// <see cref="WireClient"/>, and with faults as <see cref="AwsException"/>.
/// </summary>
internal sealed class SdkCalls
{
    private readonly WireService _service;
    private readonly AwsOptions _options;
    private readonly TimeProvider _time;
    private readonly WireMessages _messages;

    private SdkCalls(WireService service, string url, AwsOptions options, TimeProvider time) =>
        (_service, _options, _time, _messages) = (service, options, time, new WireMessages(service, url));

    /// <summary>Sets the endpoint, the region and the retries of a client, and creates what makes its calls.</summary>
    /// <param name="config">The client's settings. Its service's variables have been read already.</param>
    /// <param name="service">The service.</param>
    /// <param name="options">How to connect.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="AwsException">No region is set, or the endpoint is not a URL.</exception>
    public static SdkCalls Create(ClientConfig config, WireService service, AwsOptions options, TimeProvider time)
    {
        try
        {
            // Credentials are sent only to the endpoint that the user has set.
            config.AllowAutoRedirect = false;
            config.RetryMode = RequestRetryMode.Standard;
            config.MaxErrorRetry = options.MaxAttempts - 1;
            config.ConnectTimeout = TimeSpan.FromSeconds(5);
            config.Timeout = TimeSpan.FromSeconds(60);
            return new SdkCalls(service, Connect(config, service, options).TrimEnd('/'), options, time);
        }
        catch (Exception e) when (e is AmazonClientException or UriFormatException or ArgumentException)
        {
            throw WireMessages.Unconfigured(service, e);
        }
    }

    /// <summary>Makes a call.</summary>
    /// <param name="operation">The operation's name.</param>
    /// <param name="call">The call, which the SDK repeats after a transient fault.</param>
    /// <param name="cancellationToken">Cancels the call and its pauses.</param>
    /// <exception cref="AwsException">The call failed.</exception>
    public async Task<T> RunAsync<T>(string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (Exception e) when (WireFaults.Covers(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _messages.Translate(e, new WireRequest(operation, []));
        }
    }

    private static string Connect(ClientConfig config, WireService service, AwsOptions options)
    {
        var own = options.Endpoint ?? (string.IsNullOrEmpty(config.ServiceURL) ? null : config.ServiceURL);
        if (own is null)
        {
            config.RegionEndpoint = Regions.Find(options.Region, config.RegionEndpoint);
            return service.UrlIn(config.RegionEndpoint);
        }

        if (!Uri.TryCreate(own, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new UriFormatException($"the endpoint '{own}' is not a URL");
        config.ServiceURL = own;
        config.AuthenticationRegion = options.Region
            ?? FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: false)?.SystemName ?? "us-east-1";
        return own;
    }
}
