using System.Text.Json.Serialization;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Scaling;

/// <summary>Application Auto Scaling: the operations by which ECS services grow and shrink.</summary>
/// <remarks>Source: the API's model, application-autoscaling/2016-02-06.</remarks>
internal sealed class ScalingClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    internal static readonly WireService Service = new(
        "Application Auto Scaling", WireProtocol.Json11, "application-autoscaling", "application-autoscaling", "2016-02-06")
    {
        Target = "AnyScaleFrontendService",
    };

    private static readonly ScalingJson Json = ScalingJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>Sets between which counts a service may be scaled.</summary>
    public Task<WireNothing> RegisterScalableTargetAsync(RegisterScalableTargetRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            "RegisterScalableTarget", request, Json.RegisterScalableTargetRequest, Json.WireNothing, cancellationToken);

    /// <summary>Ends the scaling of a service, and deletes its policies.</summary>
    public Task<WireNothing> DeregisterScalableTargetAsync(ScalableTargetRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DeregisterScalableTarget", request, Json.ScalableTargetRequest, Json.WireNothing, cancellationToken);

    /// <summary>Creates or replaces a policy.</summary>
    public Task<WireNothing> PutScalingPolicyAsync(PutScalingPolicyRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("PutScalingPolicy", request, Json.PutScalingPolicyRequest, Json.WireNothing, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}

/// <summary>Names what is scaled: <c>ecs</c>, <c>service/CLUSTER/NAME</c>, <c>ecs:service:DesiredCount</c>.</summary>
internal record ScalableTargetRequest(string ServiceNamespace, string ResourceId, string ScalableDimension)
{
    /// <summary>The target of a service of ECS.</summary>
    public static ScalableTargetRequest Of(string cluster, string service) =>
        new("ecs", $"service/{cluster}/{service}", "ecs:service:DesiredCount");
}

/// <summary>Sets between which counts a service may be scaled.</summary>
internal sealed record RegisterScalableTargetRequest(string ServiceNamespace, string ResourceId, string ScalableDimension)
    : ScalableTargetRequest(ServiceNamespace, ResourceId, ScalableDimension)
{
    /// <summary>The least.</summary>
    public int? MinCapacity { get; init; }

    /// <summary>The most.</summary>
    public int? MaxCapacity { get; init; }
}

/// <summary>Creates or replaces a policy.</summary>
internal sealed record PutScalingPolicyRequest(string PolicyName, string ServiceNamespace, string ResourceId, string ScalableDimension)
{
    /// <summary>TargetTrackingScaling.</summary>
    public string? PolicyType { get; init; }

    /// <summary>What is tracked.</summary>
    public TargetTracking? TargetTrackingScalingPolicyConfiguration { get; init; }
}

/// <summary>Keeps a metric at a value.</summary>
internal sealed record TargetTracking(double TargetValue)
{
    /// <summary>A metric of AWS.</summary>
    public PredefinedMetric? PredefinedMetricSpecification { get; init; }

    /// <summary>A metric of the user.</summary>
    public CustomMetric? CustomizedMetricSpecification { get; init; }

    /// <summary>Seconds after growing before it grows again.</summary>
    public int? ScaleOutCooldown { get; init; }

    /// <summary>Seconds after any change before it shrinks.</summary>
    public int? ScaleInCooldown { get; init; }
}

/// <summary>A metric of AWS.</summary>
internal sealed record PredefinedMetric(string PredefinedMetricType);

/// <summary>A metric of the user.</summary>
internal sealed record CustomMetric(string MetricName, string Namespace, string Statistic)
{
    /// <summary>Which of the metrics of this name.</summary>
    public IReadOnlyList<MetricDimension>? Dimensions { get; init; }
}

/// <summary>A dimension of a metric.</summary>
internal sealed record MetricDimension(string Name, string Value);

/// <summary>The JSON names of requests and answers.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RegisterScalableTargetRequest))]
[JsonSerializable(typeof(ScalableTargetRequest))]
[JsonSerializable(typeof(PutScalingPolicyRequest))]
[JsonSerializable(typeof(WireNothing))]
internal sealed partial class ScalingJson : JsonSerializerContext;
