using System.Text.Json;
using Tenfold.Aws.Tests.Scripted;

namespace Tenfold.Aws.Tests.Stacks;

/// <summary>
/// CloudFormation with one stack, as far as <c>tenfold infra</c> uses it. Time passes with each DescribeStacks, so tests don't wait.
/// </summary>
internal sealed class FakeStacks
{
    public const string Name = "tenfold";
    private const string ReviewStatus = "REVIEW_IN_PROGRESS", StackType = "AWS::CloudFormation::Stack";
    private readonly AwsServer _aws;
    private readonly List<FakeStack> _deleted = [];
    private readonly Queue<Action> _work = new();
    private int _ids;

    public FakeStacks(AwsServer aws)
    {
        _aws = aws;
        foreach (var (operation, handler) in new Dictionary<string, Func<JsonElement, AwsReply>>
        {
            ["DescribeStacks"] = DescribeStacks,
            ["ListStacks"] = ListStacks,
            ["UpdateStack"] = UpdateStack,
            ["CreateChangeSet"] = CreateChangeSet,
            ["DescribeChangeSet"] = DescribeChangeSet,
            ["ListChangeSets"] = ListChangeSets,
            ["DeleteChangeSet"] = DeleteChangeSet,
            ["ExecuteChangeSet"] = ExecuteChangeSet,
            ["DescribeStackEvents"] = DescribeStackEvents,
            ["ListStackResources"] = ListStackResources,
            ["DeleteStack"] = DeleteStack,
            ["ContinueUpdateRollback"] = ContinueUpdateRollback,
            ["GetRole"] = _ => AwsReply.Error(404, "NoSuchEntity", "The role with name AWSServiceRoleForBatch cannot be found."),
            ["CreateServiceLinkedRole"] = _ =>
                AwsReply.Ok(new { Role = new { RoleName = "R", Arn = "arn:aws:iam::1:role/R", Path = "/" } }),
        })
            _aws.Handle(operation, call => handler(call.Input));
    }

    /// <summary>The living stack; null for none.</summary>
    public FakeStack? Stack { get; set; }

    public List<FakeSet> Sets { get; } = [];

    /// <summary>The resources of the template: names and types.</summary>
    public List<(string Name, string Type)> Template { get; } = [("Network", "AWS::EC2::VPC"), ("Bucket", "AWS::S3::Bucket")];

    /// <summary>The resource that can't be made or changed, and AWS's reason.</summary>
    public (string Name, string Reason)? Failure { get; set; }

    /// <summary>Resources that can't be deleted, and how often that fails.</summary>
    public Dictionary<string, int> Undeletable { get; } = [];

    /// <summary>Why change sets fail; null when they don't.</summary>
    public string? SetFailure { get; set; }

    /// <summary>A stack that a change set makes has outputs only once it is updated, as in some emulators.</summary>
    public bool LosesOutputs { get; set; }

    /// <summary>The way back from an update fails too.</summary>
    public bool RollbackFails { get; set; }

    /// <summary>What happens when a change set is executed, before AWS's own work.</summary>
    public Action? OnExecute { get; set; }

    public FakeStack Make(string status, params string[] parameters)
    {
        var stack = Stack = NewStack(status);
        foreach (var (name, type) in Template) stack.Resources.Add(new FakeResource(name, type) { Status = "CREATE_COMPLETE" });
        foreach (var parameter in parameters) stack.Parameters[parameter.Split('=')[0]] = parameter.Split('=')[1];
        return stack;
    }

    /// <summary>Somebody deletes the stack at once.</summary>
    public void Vanish()
    {
        _work.Clear();
        Stack!.Status = "DELETE_COMPLETE";
        _deleted.Add(Stack);
        Stack = null;
        Sets.Clear();
    }

    private FakeStack NewStack(string status) =>
        new($"arn:aws:cloudformation:eu-west-1:123456789012:stack/{Name}/{++_ids}-0000") { Status = status };

    private AwsReply DescribeStacks(JsonElement input)
    {
        for (var i = 0; i < 2 && _work.TryDequeue(out var next); i++) next();
        return Find(input) is { } stack ? AwsReply.Ok(new { Stacks = new[] { stack.Describe() } }) : Unknown(Text(input, "StackName"));
    }

    private FakeStack? Find(JsonElement input)
    {
        var name = Text(input, "StackName");
        return name == Name || name == Stack?.Id ? Stack : _deleted.Find(stack => stack.Id == name);
    }

    private static AwsReply Unknown(string? name) => AwsReply.Error(400, "ValidationError", $"Stack with id {name} does not exist");

    private AwsReply ListStacks(JsonElement input) => AwsReply.Ok(new
    {
        StackSummaries = _deleted.Select(stack => new
        {
            StackName = Name,
            StackId = stack.Id,
            StackStatus = stack.Status,
            CreationTime = FakeStack.Time,
        }),
    });

    public AwsReply Create(JsonElement input) => CreateChangeSet(input);

    public AwsReply Execute(JsonElement input) => ExecuteChangeSet(input);

    public AwsReply Events(JsonElement input) => DescribeStackEvents(input);

    private AwsReply CreateChangeSet(JsonElement input)
    {
        var isNew = Text(input, "ChangeSetType") == "CREATE";
        if (isNew && Stack is { Status: not ReviewStatus }) return AwsReply.Error(400, "ValidationError", $"Stack [{Name}] already exists");
        if (!isNew && Stack is null) return Unknown(Name);
        Stack ??= NewStack(ReviewStatus);
        if (Sets.Exists(other => other.Name == Text(input, "ChangeSetName")))
            return AwsReply.Error(400, "AlreadyExistsException", "ChangeSet already exists");
        var set = new FakeSet(Text(input, "ChangeSetName")!, $"arn:aws:cloudformation:eu-west-1:123456789012:changeSet/{++_ids}", isNew)
        {
            Input = input.Clone(),
        };
        Sets.Add(set);
        return AwsReply.Ok(new { set.Id, StackId = Stack.Id });
    }

    private AwsReply UpdateStack(JsonElement input)
    {
        Stack!.Outputs["TemplateVersion"] = "3";
        Change("UPDATE", Text(input, "ClientRequestToken"));
        return AwsReply.Ok(new { StackId = Stack.Id });
    }

    private FakeSet? FindSet(JsonElement input) =>
        Sets.Find(set => set.Id == Text(input, "ChangeSetName") || set.Name == Text(input, "ChangeSetName"));

    private static AwsReply UnknownSet() => AwsReply.Error(404, "ChangeSetNotFound", "ChangeSet does not exist");

    private AwsReply DescribeChangeSet(JsonElement input)
    {
        if (FindSet(input) is not { } set) return UnknownSet();
        // It takes AWS a moment.
        var status = set.Looks++ == 0 ? "CREATE_IN_PROGRESS" : SetFailure is null ? "CREATE_COMPLETE" : "FAILED";
        return AwsReply.Ok(new
        {
            ChangeSetId = set.Id,
            ChangeSetName = set.Name,
            StackId = Stack!.Id,
            Status = status,
            StatusReason = status == "FAILED" ? SetFailure : "",
            ExecutionStatus = status == "CREATE_COMPLETE" ? "AVAILABLE" : "UNAVAILABLE",
            Changes = Template.Select(resource => new
            {
                Type = "Resource",
                ResourceChange = new
                {
                    Action = set.IsNew ? "Add" : "Modify",
                    LogicalResourceId = resource.Name,
                    ResourceType = resource.Type,
                    Replacement = !set.IsNew && resource.Name == "Network" ? "True" : "False",
                    Details = new[] { new { Target = new { Attribute = "Properties", Name = "CidrBlock" } } },
                },
            }),
        });
    }

    private AwsReply ListChangeSets(JsonElement input) => Stack is null ? Unknown(Name)
        : AwsReply.Ok(new
        {
            Summaries = Sets.Select(set => new { ChangeSetId = set.Id, ChangeSetName = set.Name, Status = "CREATE_COMPLETE" }),
        });

    private AwsReply DeleteChangeSet(JsonElement input)
    {
        if (FindSet(input) is not { } set) return UnknownSet();
        Sets.Remove(set);
        return AwsReply.Ok(new { });
    }

    private AwsReply ExecuteChangeSet(JsonElement input)
    {
        if (FindSet(input) is not { } set) return UnknownSet();
        OnExecute?.Invoke();
        if (Stack is null) return UnknownSet();
        Sets.Clear();
        if (set.IsNew && !LosesOutputs) Stack.Outputs["TemplateVersion"] = "3";
        Change(set.IsNew ? "CREATE" : "UPDATE", Text(input, "ClientRequestToken"));
        return AwsReply.Ok(new { });
    }

    private void Change(string verb, string? token)
    {
        var stack = Stack!;
        stack.SetStatus($"{verb}_IN_PROGRESS", token);
        foreach (var (name, type) in Template)
        {
            var resource = stack.Resources.Find(known => known.Name == name) ?? new FakeResource(name, type);
            if (!stack.Resources.Contains(resource)) stack.Resources.Add(resource);
            _work.Enqueue(() => stack.Set(resource, $"{verb}_IN_PROGRESS", token));
            if (Failure is { } failure && failure.Name == name)
            {
                _work.Enqueue(() => stack.Set(resource, $"{verb}_FAILED", token, failure.Reason));
                Back(verb, stack, token);
                return;
            }
            _work.Enqueue(() => stack.Set(resource, $"{verb}_COMPLETE", token));
        }
        _work.Enqueue(() => stack.SetStatus($"{verb}_COMPLETE", token));
    }

    private void Back(string verb, FakeStack stack, string? token)
    {
        var back = verb == "CREATE" ? "ROLLBACK" : "UPDATE_ROLLBACK";
        var other = new FakeResource("Other", "AWS::EC2::Subnet");
        _work.Enqueue(() => stack.Set(other, $"{verb}_FAILED", token, "Resource creation cancelled"));
        _work.Enqueue(() => stack.SetStatus($"{back}_IN_PROGRESS", token));
        _work.Enqueue(() => stack.SetStatus(RollbackFails ? $"{back}_FAILED" : $"{back}_COMPLETE", token));
    }

    private AwsReply ContinueUpdateRollback(JsonElement input)
    {
        var (stack, token) = (Stack!, Text(input, "ClientRequestToken"));
        stack.SetStatus("UPDATE_ROLLBACK_IN_PROGRESS", token);
        var isSkipped = input.TryGetProperty("ResourcesToSkip", out _);
        _work.Enqueue(() =>
        {
            if (!isSkipped && RollbackFails) stack.Set(stack.Resources[0], "UPDATE_FAILED", token, "the VPC is gone");
            stack.SetStatus(!isSkipped && RollbackFails ? "UPDATE_ROLLBACK_FAILED" : "UPDATE_ROLLBACK_COMPLETE", token);
        });
        return AwsReply.Ok(new { });
    }

    private AwsReply DescribeStackEvents(JsonElement input) => Find(input) is not { } stack
        ? AwsReply.Error(400, "ValidationError", $"Stack [{Text(input, "StackName")}] does not exist")
        : AwsReply.Ok(new { StackEvents = stack.Events.AsEnumerable().Reverse() });

    private AwsReply ListStackResources(JsonElement input) => Find(input) is not { } stack ? Unknown(Name) : AwsReply.Ok(new
    {
        StackResourceSummaries = stack.Resources.Select(resource => new
        {
            LogicalResourceId = resource.Name,
            PhysicalResourceId = resource.PhysicalId,
            ResourceType = resource.Type,
            ResourceStatus = resource.Status,
            ResourceStatusReason = resource.Reason ?? "",
            LastUpdatedTimestamp = FakeStack.Time,
        }),
    });

    private AwsReply DeleteStack(JsonElement input)
    {
        if (Find(input) is not { } stack || stack != Stack) return AwsReply.Ok(new { });
        var token = Text(input, "ClientRequestToken");
        if (stack.Status == ReviewStatus)
        {
            Vanish();
            return AwsReply.Ok(new { });
        }
        var retained = input.TryGetProperty("RetainResources", out var list)
            ? list.EnumerateArray().Select(r => r.GetString()).ToList() : [];
        stack.SetStatus("DELETE_IN_PROGRESS", token);
        foreach (var resource in stack.Resources.AsEnumerable().Reverse())
            _work.Enqueue(() => Delete(stack, resource, retained.Contains(resource.Name), token));
        _work.Enqueue(() =>
        {
            var hasFailed = stack.Resources.Exists(resource => resource.Status == "DELETE_FAILED");
            stack.SetStatus(hasFailed ? "DELETE_FAILED" : "DELETE_COMPLETE", token);
            if (!hasFailed) Vanish();
        });
        return AwsReply.Ok(new { });
    }

    private void Delete(FakeStack stack, FakeResource resource, bool isRetained, string? token)
    {
        if (isRetained || resource.Type is "AWS::S3::Bucket" or "AWS::ECR::Repository")
        {
            stack.Set(resource, "DELETE_SKIPPED", token);
        }
        else if (Undeletable.GetValueOrDefault(resource.Name) > 0)
        {
            Undeletable[resource.Name]--;
            stack.Set(resource, "DELETE_FAILED", token, "it has dependencies (HandlerErrorCode: InvalidRequest)");
        }
        else
        {
            stack.Set(resource, "DELETE_COMPLETE", token);
        }
    }

    private static string? Text(JsonElement input, string name) => input.TryGetProperty(name, out var value) ? value.GetString() : null;
}
