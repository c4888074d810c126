using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>The job definitions.</summary>
internal sealed class JobDefinitions(Account account)
{
    private readonly List<JsonObject> _all = [];

    public JsonObject Register(JsonObject input)
    {
        var name = input.Text("jobDefinitionName")!;
        if (!JobNames.IsValid(name)) throw new AwsErrorException(400, "ClientException",
            $"Job definition name {name} should match valid pattern");
        if (input.Text("type") == "container" && input["containerProperties"] is null)
            throw new AwsErrorException(400, "ClientException",
                "Container properties should not be empty for a job definition of type container");
        RetryRules.Check(input["retryStrategy"]);
        var definition = (JsonObject)input.DeepClone();
        var revision = _all.Where(d => d.Text("jobDefinitionName") == name).Select(d => d.Number("revision")!.Value).DefaultIfEmpty()
            .Max() + 1;
        definition["revision"] = revision;
        definition["jobDefinitionArn"] = account.Arn("batch", $"job-definition/{name}:{revision}");
        definition["status"] = "ACTIVE";
        definition["containerOrchestrationType"] = "ECS";
        _all.Add(definition);
        return new JsonObject
        {
            ["jobDefinitionName"] = name,
            ["jobDefinitionArn"] = definition.Text("jobDefinitionArn"),
            ["revision"] = revision,
        };
    }

    /// <summary>The definition that a job names: an ARN, NAME:REVISION, or a NAME for its newest active revision.</summary>
    public JsonObject Find(string name)
    {
        var plain = name[(name.IndexOf("job-definition/", StringComparison.Ordinal) is >= 0 and var at ? at + 15 : 0)..];
        return _all.LastOrDefault(d => d.Text("status") == "ACTIVE"
                && (d.Text("jobDefinitionName") == plain || $"{d.Text("jobDefinitionName")}:{d.Text("revision")}" == plain))
            ?? throw new AwsErrorException(400, "ClientException", $"JobDefinition {name} not found");
    }

    public JsonObject Deregister(JsonObject input)
    {
        Find(input.Text("jobDefinition")!)["status"] = "INACTIVE";
        return [];
    }

    public JsonObject? ByArn(string arn) => _all.Find(d => d.Text("jobDefinitionArn") == arn);

    /// <summary>Sets or removes a tag of a definition.</summary>
    public void Tag(string arn, string name, string? value)
    {
        if (ByArn(arn) is not { } found) return;
        if (found["tags"] is not JsonObject tags) found["tags"] = tags = [];
        if (value is null) tags.Remove(name);
        else tags[name] = value;
    }

    public JsonObject Describe(JsonObject input)
    {
        var names = input.Texts("jobDefinitions");
        var found = _all
            .Where(d => names.Count == 0 || names.Contains(d.Text("jobDefinitionArn"))
                || names.Contains($"{d.Text("jobDefinitionName")}:{d.Text("revision")}"))
            .Where(d => input.Text("jobDefinitionName") is not { } name || d.Text("jobDefinitionName") == name)
            .Where(d => input.Text("status") is not { } status || d.Text("status") == status)
            .Reverse();
        return Pages.Of(found.Select(d => (JsonNode)d.DeepClone()), "jobDefinitions", input, 100);
    }
}
