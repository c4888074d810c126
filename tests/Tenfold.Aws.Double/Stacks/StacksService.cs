using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>AWS CloudFormation. What tests do to it is in the other part.</summary>
/// <remarks>Source: CloudFormation API Reference.</remarks>
public sealed partial class StacksService : AwsService
{
    private readonly Account _account;
    private readonly Lock _gate = new();
    private readonly StackList _stacks;
    private readonly StackDeployment _deployment;
    private readonly BucketMaker _buckets;
    private readonly Dictionary<string, (StackRecord Stack, int Calls)> _detections = [];

    internal StacksService(Account account, ResourceMaker maker, BucketMaker buckets) : base("cloudformation")
    {
        _account = account;
        _buckets = buckets;
        _stacks = new StackList(account);
        _deployment = new StackDeployment(account, maker, _gate);
        var sets = new ChangeSets(account, _stacks, _deployment, buckets);
        OnLocked("CreateChangeSet", sets.Create);
        OnLocked("DescribeChangeSet", sets.Describe);
        OnLocked("ExecuteChangeSet", sets.Execute);
        OnLocked("DeleteChangeSet", sets.Delete);
        OnLocked("ListChangeSets", sets.List);
        OnLocked("DescribeStacks", Describe);
        OnLocked("DescribeStackEvents", input => Pages.Of(
            _stacks.Find(input.Text("StackName")!).Events.AsEnumerable().Reverse().Select(e => e.DeepClone()), "StackEvents", input, 100,
            "NextToken", ""));
        OnLocked("ListStackResources", input => Pages.Of(
            _stacks.Find(input.Text("StackName")!).Resources.Select(StackViews.Describe), "StackResourceSummaries", input, 100,
            "NextToken", ""));
        OnLocked("ListStacks", input => Pages.Of(_stacks.All.Where(stack =>
            input.Texts("StackStatusFilter") is not { Count: > 0 } states || states.Contains(stack.Status)).Select(stack => new JsonObject
            {
                ["StackId"] = stack.Id,
                ["StackName"] = stack.Name,
                ["CreationTime"] = stack.CreatedAt.Iso(),
                ["StackStatus"] = stack.Status,
                ["DeletionTime"] = stack.DeletedAt?.Iso(),
                ["StackStatusReason"] = stack.StatusReason,
            }.WithoutNulls()), "StackSummaries", input, 100, "NextToken", ""));
        OnLocked("DeleteStack", Delete);
        OnLocked("ContinueUpdateRollback", ContinueRollback);
        OnLocked("UpdateTerminationProtection", input =>
        {
            var stack = _stacks.Find(input.Text("StackName")!);
            stack.IsProtected = input.Flag("EnableTerminationProtection");
            return new JsonObject { ["StackId"] = stack.Id };
        });
        OnLocked("GetTemplate", input => new JsonObject { ["TemplateBody"] = _stacks.Find(input.Text("StackName")!).TemplateBody });
        OnLocked("ValidateTemplate", input => Validate(sets.BodyOf(input, null)));
        OnLocked("DetectStackDrift", input => Detect(_stacks.Find(input.Text("StackName")!)));
        OnLocked("DescribeStackDriftDetectionStatus", DescribeDetection);
        OnLocked("DescribeStackResourceDrifts", DescribeDrifts);
    }

    private void OnLocked(string operation, Func<JsonObject, JsonObject> answer) => On(operation, request =>
    {
        lock (_gate) return answer(request.Input);
    });

    private JsonObject Describe(JsonObject input)
    {
        var found = input.Text("StackName") is { } name ? [_stacks.Find(name)] : _stacks.All.Where(stack => stack.DeletedAt is null);
        return Pages.Of(found.ToArray().Select(StackViews.Describe), "Stacks", input, 100, "NextToken", "");
    }

    private JsonObject Delete(JsonObject input)
    {
        // A stack that does not exist is no error.
        if (_stacks.Living(input.Text("StackName")!) is not { } stack) return [];
        if (stack.IsProtected)
            throw new AwsErrorException(400, "ValidationError",
                $"Stack [{stack.Name}] cannot be deleted while TerminationProtection is enabled");
        if (stack.Status == "DELETE_IN_PROGRESS") return [];
        var retained = input.Texts("RetainResources");
        if (retained.Count > 0 && stack.Status != "DELETE_FAILED")
            throw new AwsErrorException(400, "ValidationError",
                "Invalid operation on stack: RetainResources is only valid for stacks in DELETE_FAILED");
        stack.Token = input.Text("ClientRequestToken");
        var isForced = input.Text("DeletionMode") == "FORCE_DELETE_STACK";
        if (isForced && stack.Status != "DELETE_FAILED")
            throw new AwsErrorException(400, "ValidationError", "FORCE_DELETE_STACK is only valid for stacks in DELETE_FAILED");
        _deployment.Delete(stack, retained, isForced);
        return [];
    }

    private JsonObject ContinueRollback(JsonObject input)
    {
        var stack = _stacks.Find(input.Text("StackName")!);
        if (stack.Status != "UPDATE_ROLLBACK_FAILED")
            throw new AwsErrorException(400, "ValidationError", $"Stack:{stack.Id} is in {stack.Status} state and can not be rolled back");
        _deployment.Change(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
        _deployment.Change(stack, "UPDATE_ROLLBACK_COMPLETE", null);
        return [];
    }

    private static JsonObject Validate(string body)
    {
        var template = ChangeSets.Parse(body);
        var hasRoles = ((JsonObject)template["Resources"]!)
            .Any(r => r.Value.Text("Type")!.StartsWith("AWS::IAM::", StringComparison.Ordinal));
        return new JsonObject
        {
            ["Description"] = template.Text("Description"),
            ["Parameters"] = new JsonArray([.. (template["Parameters"] as JsonObject ?? []).Select(p => new JsonObject
            {
                ["ParameterKey"] = p.Key, ["DefaultValue"] = p.Value!["Default"]?.ToString(), ["NoEcho"] = p.Value.Flag("NoEcho"),
                ["Description"] = p.Value.Text("Description"),
            }.WithoutNulls())]),
            ["Capabilities"] = hasRoles ? new JsonArray("CAPABILITY_IAM") : new JsonArray(),
            ["CapabilitiesReason"] = hasRoles ? "The following resource(s) require capabilities: [AWS::IAM::Role]" : null,
        };
    }

    private JsonObject Detect(StackRecord stack)
    {
        foreach (var resource in stack.Resources) resource.DriftSeen = resource.Drift;
        var id = Guid.NewGuid().ToString();
        _detections[id] = (stack, 0);
        return new JsonObject { ["StackDriftDetectionId"] = id };
    }

    private JsonObject DescribeDetection(JsonObject input)
    {
        var id = input.Text("StackDriftDetectionId")!;
        if (!_detections.TryGetValue(id, out var detection)) throw new AwsErrorException(400, "ValidationError", $"{id} does not exist");
        _detections[id] = (detection.Stack, detection.Calls + 1);
        var isOver = detection.Calls > 0;
        return new JsonObject
        {
            ["StackId"] = detection.Stack.Id,
            ["StackDriftDetectionId"] = id,
            ["DetectionStatus"] = isOver ? "DETECTION_COMPLETE" : "DETECTION_IN_PROGRESS",
            ["StackDriftStatus"] = isOver ? StackViews.DriftOf(detection.Stack) : null,
            ["DriftedStackResourceCount"] = isOver ? detection.Stack.Resources.Count(r => r.DriftSeen is "MODIFIED" or "DELETED") : null,
            ["Timestamp"] = _account.Time.GetUtcNow().Iso(),
        };
    }

    private JsonObject DescribeDrifts(JsonObject input)
    {
        var stack = _stacks.Find(input.Text("StackName")!);
        var states = input.Texts("StackResourceDriftStatusFilters");
        var found = stack.Resources.Where(r => r.DriftSeen is not null && (states.Count == 0 || states.Contains(r.DriftSeen)));
        return Pages.Of(
            found.Select(r => StackViews.Drift(stack, r, _account.Time.GetUtcNow())), "StackResourceDrifts", input, 100, "NextToken",
            "MaxResults");
    }
}
