using System.Text;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>Change sets.</summary>
/// <remarks>Source: CloudFormation API Reference, CreateChangeSet and ExecuteChangeSet.</remarks>
internal sealed class ChangeSets(Account account, StackList stacks, StackDeployment deployment, BucketMaker buckets)
{
    private const int MaxBody = 51_200;
    private const string Unchanged =
        "The submitted information didn't contain changes. Submit different information to create a change set.";

    public JsonObject Create(JsonObject input)
    {
        var name = input.Text("StackName")!;
        var isNew = (input.Text("ChangeSetType") ?? "UPDATE") == "CREATE";
        var stack = stacks.Living(name);
        CheckStack(stack, name, input.Text("ChangeSetName")!, isNew);
        if (stack?.ChangeSets.Find(set => set.Token is not null && set.Token == input.Text("ClientToken")) is { } same)
            return Created(same, stack);
        if (stack?.ChangeSets.Exists(set => set.Name == input.Text("ChangeSetName")) == true)
            throw new AwsErrorException(400, "AlreadyExistsException", $"ChangeSet {input.Text("ChangeSetName")} already exists");
        var body = BodyOf(input, stack);
        var template = Parse(body);
        var capabilities = input.Texts("Capabilities");
        CheckCapabilities(template, capabilities);
        var parameters = StackPlan.Parameters(template, input.Items("Parameters"), stack);
        stack ??= stacks.Add(name);
        var plan = new StackPlan(account, stack, template, parameters);
        plan.CheckRules();
        var set = new ChangeSetRecord
        {
            Id = account.Arn("cloudformation", $"changeSet/{input.Text("ChangeSetName")}/{Guid.NewGuid()}"),
            Name = input.Text("ChangeSetName")!,
            CreatedAt = account.Time.GetUtcNow(),
            TemplateBody = body,
            Template = template,
            Parameters = parameters,
            Capabilities = capabilities,
            Description = input.Text("Description"),
            Token = input.Text("ClientToken"),
            Tags = input.Items("Tags").ToDictionary(tag => tag.Text("Key")!, tag => tag.Text("Value") ?? ""),
            Changes = plan.Changes(),
        };
        var sameTags = set.Tags.Count == 0 || set.Tags.OrderBy(t => t.Key).SequenceEqual(stack.Tags.OrderBy(t => t.Key));
        if (set.Changes.Count == 0 && sameTags && plan.Outputs().SequenceEqual(stack.Outputs))
            (set.Status, set.StatusReason, set.Execution) = ("FAILED", Unchanged, "UNAVAILABLE");
        stack.ChangeSets.Add(set);
        return Created(set, stack);
    }

    public JsonObject Describe(JsonObject input)
    {
        var (stack, set) = Find(input);
        var isPending = set.PendingCalls > 0 && set.PendingCalls-- > 0;
        var answer = new JsonObject
        {
            ["ChangeSetName"] = set.Name,
            ["ChangeSetId"] = set.Id,
            ["StackId"] = stack.Id,
            ["StackName"] = stack.Name,
            ["Description"] = set.Description,
            ["CreationTime"] = set.CreatedAt.Iso(),
            ["Status"] = isPending ? "CREATE_IN_PROGRESS" : set.Status,
            ["StatusReason"] = isPending ? null : set.StatusReason,
            ["ExecutionStatus"] = isPending ? "UNAVAILABLE" : set.Execution,
            ["Capabilities"] = new JsonArray([.. set.Capabilities.Select(c => (JsonNode)c)]),
            ["Parameters"] = StackViews.Parameters(set.Parameters),
            ["Tags"] = StackViews.Tags(set.Tags),
        };
        if (isPending) return answer;
        var page = Pages.Of(set.Changes.Select(Change), "Changes", input, 100, "NextToken", "");
        foreach (var (name, value) in page) answer[name] = value?.DeepClone();
        return answer;
    }

    public JsonObject Execute(JsonObject input)
    {
        var (stack, set) = Find(input);
        if (set.Execution != "AVAILABLE" || set.PendingCalls > 0)
            throw new AwsErrorException(400, "InvalidChangeSetStatus",
                $"ChangeSet [{set.Id}] cannot be executed in its current execution status of [{set.Execution}]");
        stack.Token = input.Text("ClientRequestToken");
        stack.ChangeSets.Clear();
        deployment.Execute(stack, set, input.Flag("RetainExceptOnCreate"));
        return [];
    }

    public JsonObject Delete(JsonObject input)
    {
        var (stack, set) = Find(input);
        stack.ChangeSets.Remove(set);
        return [];
    }

    public JsonObject List(JsonObject input)
    {
        var stack = stacks.Find(input.Text("StackName")!);
        return Pages.Of(stack.ChangeSets.Select(set => new JsonObject
        {
            ["StackId"] = stack.Id,
            ["StackName"] = stack.Name,
            ["ChangeSetId"] = set.Id,
            ["ChangeSetName"] = set.Name,
            ["Status"] = set.Status,
            ["StatusReason"] = set.StatusReason,
            ["ExecutionStatus"] = set.Execution,
            ["CreationTime"] = set.CreatedAt.Iso(),
        }.WithoutNulls()), "Summaries", input, 100, "NextToken", "");
    }

    public static JsonObject Parse(string body)
    {
        try
        {
            return TemplateReader.Read(body) is { } template && template["Resources"] is JsonObject ? template
                : throw new AwsErrorException(400, "ValidationError",
                    "Template format error: At least one Resources member must be defined.");
        }
        catch (Exception e) when (e is YamlDotNet.Core.YamlException or InvalidCastException)
        {
            throw new AwsErrorException(400, "ValidationError", $"Template format error: YAML not well-formed. ({e.Message})");
        }
    }

    public string BodyOf(JsonObject input, StackRecord? stack)
    {
        if (input.Flag("UsePreviousTemplate"))
            return stack?.TemplateBody ?? throw new AwsErrorException(400, "ValidationError", "No previous template");
        if (input.Text("TemplateURL") is { } url) return buckets.Read(new Uri(url).AbsolutePath);
        var body = input.Text("TemplateBody")
            ?? throw new AwsErrorException(400, "ValidationError", "Either Template URL or Template Body must be specified.");
        return Encoding.UTF8.GetByteCount(body) <= MaxBody ? body
            : throw new AwsErrorException(400, "ValidationError",
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: " +
                "Member must have length less than or equal to 51200");
    }

    private static void CheckStack(StackRecord? stack, string name, string set, bool isNew)
    {
        if (isNew && stack is not null and not { Status: "REVIEW_IN_PROGRESS" })
            throw new AwsErrorException(400, "ValidationError",
                $"Stack [{name}] already exists and cannot be created again with the changeSet [{set}].");
        if (isNew) return;
        if (stack is null or { Status: "REVIEW_IN_PROGRESS" }) throw new AwsErrorException(400, "ValidationError",
            $"Stack [{name}] does not exist");
        if (stack.IsBusy || stack.Status is "ROLLBACK_COMPLETE" or "ROLLBACK_FAILED" or "DELETE_FAILED" or "UPDATE_ROLLBACK_FAILED")
            throw new AwsErrorException(400, "ValidationError", $"Stack:{stack.Id} is in {stack.Status} state and can not be updated.");
    }

    private static void CheckCapabilities(JsonObject template, IReadOnlyList<string> capabilities)
    {
        var roles = ((JsonObject)template["Resources"]!)
            .Where(r => r.Value.Text("Type")!.StartsWith("AWS::IAM::", StringComparison.Ordinal)).ToArray();
        if (roles.Length == 0 || capabilities.Contains("CAPABILITY_NAMED_IAM")) return;
        var isNamed = roles.Any(r =>
            ((string[])["RoleName", "InstanceProfileName", "ManagedPolicyName"]).Any(p => r.Value!["Properties"]?[p] is not null));
        if (isNamed || !capabilities.Contains("CAPABILITY_IAM"))
            throw new AwsErrorException(400, "InsufficientCapabilitiesException",
                $"Requires capabilities : [{(isNamed ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM")}]");
    }

    private (StackRecord Stack, ChangeSetRecord Set) Find(JsonObject input)
    {
        var name = input.Text("ChangeSetName")!;
        foreach (var stack in stacks.All.Where(stack =>
            input.Text("StackName") is not { } wanted || stack.Name == wanted || stack.Id == wanted))
            if (stack.ChangeSets.Find(set => set.Name == name || set.Id == name) is { } set) return (stack, set);
        throw new AwsErrorException(404, "ChangeSetNotFound", $"ChangeSet [{name}] does not exist");
    }

    private static JsonObject Created(ChangeSetRecord set, StackRecord stack) => new() { ["Id"] = set.Id, ["StackId"] = stack.Id };

    private static JsonObject Change((string Action, string LogicalId, string Type, string? PhysicalId) change) => new JsonObject
    {
        ["Type"] = "Resource",
        ["ResourceChange"] = new JsonObject
        {
            ["Action"] = change.Action,
            ["LogicalResourceId"] = change.LogicalId,
            ["PhysicalResourceId"] = change.PhysicalId,
            ["ResourceType"] = change.Type,
            ["Replacement"] = change.Action == "Modify" ? "False" : null,
            ["Scope"] = change.Action == "Modify" ? new JsonArray("Properties") : new JsonArray(),
            ["Details"] = new JsonArray(),
        }.WithoutNulls(),
    };
}
