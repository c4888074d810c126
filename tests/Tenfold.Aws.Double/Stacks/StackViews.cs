using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>Stacks as answers show them.</summary>
internal static class StackViews
{
    public static JsonArray Parameters(IReadOnlyDictionary<string, string> parameters) =>
        [.. parameters.Select(p => new JsonObject { ["ParameterKey"] = p.Key, ["ParameterValue"] = p.Value })];

    public static JsonArray Tags(IReadOnlyDictionary<string, string> tags) =>
        [.. tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })];

    public static JsonObject Describe(StackRecord stack) => new JsonObject
    {
        ["StackId"] = stack.Id,
        ["StackName"] = stack.Name,
        ["Parameters"] = Parameters(stack.Parameters),
        ["CreationTime"] = stack.CreatedAt.Iso(),
        ["LastUpdatedTime"] = stack.UpdatedAt?.Iso(),
        ["DeletionTime"] = stack.DeletedAt?.Iso(),
        ["StackStatus"] = stack.Status,
        ["StackStatusReason"] = stack.StatusReason,
        ["DisableRollback"] = false,
        ["Capabilities"] = new JsonArray([.. stack.Capabilities.Select(c => (JsonNode)c)]),
        ["Outputs"] = new JsonArray([.. stack.Outputs.Select(output => new JsonObject
        {
            ["OutputKey"] = output.Key, ["OutputValue"] = output.Value, ["Description"] = output.Description,
        }.WithoutNulls())]),
        ["Tags"] = Tags(stack.Tags),
        ["EnableTerminationProtection"] = stack.IsProtected,
        ["DriftInformation"] = new JsonObject { ["StackDriftStatus"] = DriftOf(stack) },
    }.WithoutNulls();

    public static JsonObject Describe(StackResource resource) => new JsonObject
    {
        ["LogicalResourceId"] = resource.LogicalId,
        ["PhysicalResourceId"] = resource.PhysicalId,
        ["ResourceType"] = resource.Type,
        ["LastUpdatedTimestamp"] = resource.UpdatedAt.Iso(),
        ["ResourceStatus"] = resource.Status,
        ["ResourceStatusReason"] = resource.StatusReason,
        ["DriftInformation"] = new JsonObject { ["StackResourceDriftStatus"] = resource.DriftSeen ?? "NOT_CHECKED" },
    }.WithoutNulls();

    public static JsonObject Drift(StackRecord stack, StackResource resource, DateTimeOffset now) => new JsonObject
    {
        ["StackId"] = stack.Id,
        ["LogicalResourceId"] = resource.LogicalId,
        ["PhysicalResourceId"] = resource.PhysicalId,
        ["ResourceType"] = resource.Type,
        ["StackResourceDriftStatus"] = resource.DriftSeen ?? "NOT_CHECKED",
        ["ExpectedProperties"] = resource.Properties.ToJsonString(),
        ["PropertyDifferences"] = resource.Changed is { } changed && resource.DriftSeen == "MODIFIED" ? new JsonArray(new JsonObject
        {
            ["PropertyPath"] = changed.Path,
            ["ExpectedValue"] = Expected(resource, changed.Path),
            ["ActualValue"] = changed.Actual,
            ["DifferenceType"] = "NOT_EQUAL",
        }) : null,
        ["Timestamp"] = now.Iso(),
    }.WithoutNulls();

    public static string DriftOf(StackRecord stack) => stack.Resources.TrueForAll(r => r.DriftSeen is null) ? "NOT_CHECKED"
        : stack.Resources.Exists(r => r.DriftSeen is "MODIFIED" or "DELETED") ? "DRIFTED" : "IN_SYNC";

    private static string Expected(StackResource resource, string path)
    {
        JsonNode? node = resource.Properties;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries)) node = node?[name];
        return node?.ToString() ?? "";
    }
}
