using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Scaling;

/// <summary>Application Auto Scaling: what is registered. Nothing is scaled.</summary>
/// <remarks>Source: Application Auto Scaling API Reference.</remarks>
public sealed class ScalingService : AwsService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Least, int Most)> _targets = [];
    private readonly Dictionary<string, string> _policies = [];

    internal ScalingService(Account account) : base("application-autoscaling")
    {
        OnLocked("RegisterScalableTarget", input =>
        {
            var before = _targets.GetValueOrDefault(Id(input));
            _targets[Id(input)] = (input.Number("MinCapacity") ?? before.Least, input.Number("MaxCapacity") ?? before.Most);
            return [];
        });
        OnLocked("DeregisterScalableTarget", input =>
        {
            if (!_targets.Remove(Id(input))) throw Missing(input);
            foreach (var policy in _policies.Where(one => one.Value == Id(input)).ToList()) _policies.Remove(policy.Key);
            return [];
        });
        OnLocked("PutScalingPolicy", input =>
        {
            if (!_targets.ContainsKey(Id(input))) throw Missing(input);
            _policies[input.Text("PolicyName")!] = Id(input);
            return new JsonObject
            {
                ["PolicyARN"] = account.Arn("autoscaling", $"scalingPolicy:1:{Id(input)}:policyName/{input.Text("PolicyName")}"),
                ["Alarms"] = new JsonArray(),
            };
        });
    }

    /// <summary>What is scaled, and between which counts.</summary>
    public IReadOnlyDictionary<string, (int Least, int Most)> Targets
    {
        get
        {
            lock (_gate) return new Dictionary<string, (int, int)>(_targets);
        }
    }

    /// <summary>The names of the policies.</summary>
    public IReadOnlyList<string> Policies
    {
        get
        {
            lock (_gate) return [.. _policies.Keys];
        }
    }

    private static string Id(JsonObject input) => input.Text("ResourceId")!;

    private static AwsErrorException Missing(JsonObject input) => new(400, "ObjectNotFoundException",
        $"No scalable target found for service namespace: ecs, resource ID: {Id(input)}, scalable dimension: ecs:service:DesiredCount");

    private void OnLocked(string operation, Func<JsonObject, JsonObject> answer) => On(operation, request =>
    {
        lock (_gate) return answer(request.Input);
    });
}
