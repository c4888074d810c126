using System.Text.Json.Nodes;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>A stack.</summary>
internal sealed class StackRecord
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }

    public string Status { get; set; } = "REVIEW_IN_PROGRESS";

    public string? StatusReason { get; set; }

    public string TemplateBody { get; set; } = "";

    public Dictionary<string, string> Parameters { get; set; } = [];

    public IReadOnlyList<string> Capabilities { get; set; } = [];

    public Dictionary<string, string> Tags { get; set; } = [];

    public List<StackResource> Resources { get; } = [];

    /// <summary>The outputs: key, value and description.</summary>
    public List<(string Key, string Value, string? Description)> Outputs { get; set; } = [];

    public List<JsonObject> Events { get; } = [];

    public List<ChangeSetRecord> ChangeSets { get; } = [];

    public bool IsProtected { get; set; }

    public string? Token { get; set; }

    public bool IsBusy => Status.EndsWith("IN_PROGRESS", StringComparison.Ordinal) && Status != "REVIEW_IN_PROGRESS";
}

/// <summary>A resource of a stack.</summary>
internal sealed class StackResource
{
    public required string LogicalId { get; init; }

    public required string Type { get; init; }

    public string PhysicalId { get; set; } = "";

    public Dictionary<string, string> Attributes { get; set; } = [];

    /// <summary>The properties with all values computed.</summary>
    public JsonObject Properties { get; set; } = [];

    public string DeletionPolicy { get; set; } = "Delete";

    public string Status { get; set; } = "CREATE_IN_PROGRESS";

    public string? StatusReason { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>IN_SYNC, MODIFIED or DELETED: what somebody did by hand.</summary>
    public string Drift { get; set; } = "IN_SYNC";

    /// <summary>The property that somebody changed by hand, and its value now.</summary>
    public (string Path, string Actual)? Changed { get; set; }

    public string? DriftSeen { get; set; }

    public bool Exists => Status is not ("DELETE_COMPLETE" or "DELETE_SKIPPED");
}

/// <summary>A change set.</summary>
internal sealed class ChangeSetRecord
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string TemplateBody { get; init; }

    public required JsonObject Template { get; init; }

    public required Dictionary<string, string> Parameters { get; init; }

    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public Dictionary<string, string> Tags { get; init; } = [];

    public string? Description { get; init; }

    public string? Token { get; init; }

    public List<(string Action, string LogicalId, string Type, string? PhysicalId)> Changes { get; set; } = [];

    /// <summary>How many times a description still says that the set is being made.</summary>
    public int PendingCalls { get; set; } = 1;

    public string Status { get; set; } = "CREATE_COMPLETE";

    public string? StatusReason { get; set; }

    public string Execution { get; set; } = "AVAILABLE";
}
