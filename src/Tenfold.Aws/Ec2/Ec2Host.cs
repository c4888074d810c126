using System.Net;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Secrets;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;

namespace Tenfold.Aws.Ec2;

/// <summary>The machine of an attempt. The agent learns everything about EC2 from this class.</summary>
/// <remarks>Source: EC2 User Guide, "Instance metadata and user data" and "Spot Instance interruption notices".</remarks>
public sealed class Ec2Host : IAgentHost
{
    /// <summary>The word with which the machine begins that a claim names.</summary>
    internal const string Service = "EC2";

    // Set by the machine's script.
    private const string InstanceVariable = "TENFOLD_EC2_INSTANCE";
    private const string DefaultMetadata = "http://169.254.169.254";

    private readonly string _instance;
    private readonly TimeProvider _time;

    private Ec2Host(string instance, HostContext context)
    {
        (_instance, Environment, _time) = (instance, context.Environment, context.Time);
        Resources = HostResources.From(System.Environment.ProcessorCount, memoryBytes: null, context.Environment);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <inheritdoc/>
    public string? Job => ClaimedJobs.Name(Service, _instance);

    /// <inheritdoc/>
    /// <remarks>A machine executes one attempt, and does not start it again after a reboot.</remarks>
    public int Restarts => 0;

    /// <inheritdoc/>
    public HostResources Resources { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Siblings => [];

    /// <summary>The host of this process.</summary>
    /// <returns>Null when no machine's script started it.</returns>
    public static Ec2Host? Detect(HostContext context) =>
        context.Environment.GetValueOrDefault(InstanceVariable) is { Length: > 0 } instance ? new Ec2Host(instance, context) : null;

    /// <inheritdoc/>
    /// <remarks>
    /// A spot machine knows whether Amazon takes it back. Otherwise the machine's lifetime is over, or someone shut it down.
    /// </remarks>
    public async Task<StopCause> WhyStoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await IsReclaimedAsync(cancellationToken)
                ? new StopCause(Ending.Lost, Ec2Reason.Of(
                    Ec2Fact.MachineReclaimed, $"Amazon takes the spot machine {_instance} back", "Server.SpotInstanceTermination"))
                : new StopCause(Ending.Lost, Ec2Reason.Of(
                    Ec2Fact.MachineShutDown, $"the machine {_instance} was shut down: its `lifetime` is over, or someone ended it"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return StopCause.MachineLost;
        }
    }

    /// <inheritdoc/>
    public Task<HostSecrets> ReadSecretsAsync(string group, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        JobSecrets.ReadAsync(Environment, group, names, _time, cancellationToken);

    /// <inheritdoc/>
    public Task CancelAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> IsReclaimedAsync(CancellationToken cancellationToken)
    {
        var url = Environment.GetValueOrDefault("AWS_EC2_METADATA_SERVICE_ENDPOINT") is { Length: > 0 } own ? own : DefaultMetadata;
        // The metadata service is on the machine itself: a proxy would ask its own.
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(url.TrimEnd('/') + "/") };
        using var ask = new HttpRequestMessage(HttpMethod.Put, "latest/api/token");
        ask.Headers.Add("X-aws-ec2-metadata-token-ttl-seconds", "60");
        using var token = await client.SendAsync(ask, cancellationToken);
        if (!token.IsSuccessStatusCode) return false;
        using var request = new HttpRequestMessage(HttpMethod.Get, "latest/meta-data/spot/instance-action");
        request.Headers.Add("X-aws-ec2-metadata-token", await token.Content.ReadAsStringAsync(cancellationToken));
        using var answer = await client.SendAsync(request, cancellationToken);
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
