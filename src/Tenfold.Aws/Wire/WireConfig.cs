using System.Reflection;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;

namespace Tenfold.Aws.Wire;

/// <summary>The settings that Amazon's SDK needs for a service: endpoint, region, name in signatures, and timeouts.</summary>
internal sealed class WireConfig : ClientConfig
{
    private static readonly string SdkVersion = typeof(ClientConfig).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()!.Version;
    private readonly WireService _service;
    private readonly string _url;

    public WireConfig(WireService service, AwsOptions options) : base(new Defaults())
    {
        _service = service;
        ServiceId = service.Id;
        AuthenticationServiceName = service.SigningName;
        RetryMode = RequestRetryMode.Standard;
        MaxErrorRetry = options.MaxAttempts - 1;
        // The SDK repeats every request whose pooled connection was closed. Some requests must not be repeated, so WireRetries decides.
        MaxStaleConnectionRetries = 0;
        // A retry may come after the credentials were refreshed.
        ResignRetries = true;
        // Credentials are sent only to the endpoint that the user has set.
        AllowAutoRedirect = false;
        ConnectTimeout = TimeSpan.FromSeconds(5);
        Timeout = TimeSpan.FromSeconds(60);

        var own = options.Endpoint ?? (string.IsNullOrEmpty(ServiceURL) ? null : ServiceURL);
        if (own is null)
        {
            if (UseFIPSEndpoint || UseDualstackEndpoint) throw UnknownVariant(service);
            var at = RegionEndpoint = Regions.Find(options.Region, RegionEndpoint);
            AuthenticationRegion = service.SigningRegion(at.SystemName);
            _url = service.UrlIn(at);
        }
        else
        {
            var region = options.Region
                ?? FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: false)?.SystemName ?? "us-east-1";
            ServiceURL = own;
            AuthenticationRegion = service.SigningRegion(region);
            _url = ServiceURL;
        }
    }

    /// <summary>The endpoint's URL.</summary>
    public string Url => _url;

    /// <inheritdoc/>
    public override string ServiceVersion => _service.Version;

    /// <inheritdoc/>
    public override string RegionEndpointServiceName => _service.SigningName;

    /// <inheritdoc/>
    public override string UserAgent => InternalSDKUtils.BuildUserAgentString(_service.Id, SdkVersion) + " app/tenfold";

    /// <inheritdoc/>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => new(_url);

    /// <summary>The name of a service in <c>AWS_ENDPOINT_URL_…</c>.</summary>
    public static string VariableOf(WireService service) => $"AWS_ENDPOINT_URL_{service.Id.ToUpperInvariant().Replace(' ', '_')}";

    private static AmazonClientException UnknownVariant(WireService service) => new(
        $"the settings ask for a FIPS or dual-stack endpoint of {service.Id}, which Tenfold does not know: " +
        $"set {VariableOf(service)} to it");

    /// <summary>The SDK asks for defaults of its modes; every value that matters is set above.</summary>
    private sealed class Defaults : IDefaultConfigurationProvider
    {
        public IDefaultConfiguration GetDefaultConfiguration(
            RegionEndpoint clientRegion, DefaultConfigurationMode? requestedConfigurationMode = null) =>
            new DefaultConfiguration { Name = DefaultConfigurationMode.Standard, RetryMode = RequestRetryMode.Standard };
    }
}
