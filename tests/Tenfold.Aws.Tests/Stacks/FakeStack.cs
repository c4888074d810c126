using System.Text.Json;

namespace Tenfold.Aws.Tests.Stacks;

internal sealed record FakeSet(string Name, string Id, bool IsNew)
{
    public JsonElement Input { get; init; }

    public int Looks { get; set; }
}

internal sealed record FakeResource(string Name, string Type)
{
    public string Status { get; set; } = "";

    public string? Reason { get; set; }

    public string PhysicalId { get; set; } = $"{Name.ToLowerInvariant()}-1";
}

internal sealed class FakeStack(string id)
{
    public const string Time = "2026-11-28T15:22:00.123Z";
    private int _events;

    public string Id => id;

    public string Status { get; set; } = "";

    public Dictionary<string, string> Parameters { get; } = [];

    public Dictionary<string, string> Outputs { get; } = [];

    public List<FakeResource> Resources { get; } = [];

    public List<object> Events { get; } = [];

    public bool IsProtected { get; set; }

    public object Describe() => new
    {
        StackName = FakeStacks.Name,
        StackId = id,
        StackStatus = Status,
        CreationTime = Time,
        EnableTerminationProtection = IsProtected,
        Parameters = Parameters.Select(p => new { ParameterKey = p.Key, ParameterValue = p.Value }),
        Outputs = Outputs.Select(o => new { OutputKey = o.Key, OutputValue = o.Value }),
    };

    public void SetStatus(string status, string? token)
    {
        Status = status;
        Add(FakeStacks.Name, id, "AWS::CloudFormation::Stack", status, null, token);
    }

    public void Set(FakeResource resource, string status, string? token, string? reason = null)
    {
        (resource.Status, resource.Reason) = (status, reason);
        Add(resource.Name, resource.PhysicalId, resource.Type, status, reason, token);
    }

    private void Add(string name, string physical, string type, string status, string? reason, string? token) => Events.Add(new
    {
        StackId = id,
        StackName = FakeStacks.Name,
        EventId = $"{id}-{++_events}",
        LogicalResourceId = name,
        PhysicalResourceId = physical,
        ResourceType = type,
        Timestamp = Time,
        ResourceStatus = status,
        ResourceStatusReason = reason ?? "",
        ClientRequestToken = token ?? "other",
    });
}
