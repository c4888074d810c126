using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>Launch templates and their versions.</summary>
internal sealed class LaunchTemplates(Account account)
{
    private readonly List<Template> _all = [];

    public JsonObject Create(JsonObject input)
    {
        var name = input.Text("LaunchTemplateName")!;
        if (_all.Exists(template => template.Name == name))
            throw new AwsErrorException(400, "InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.");
        var tags = input.Items("TagSpecifications").Where(spec => spec.Text("ResourceType") == "launch-template")
            .SelectMany(spec => spec.Items("Tags"));
        var template = new Template(Account.NewId("lt"), name, Ec2Filters.Tags(tags));
        template.Versions.Add((JsonObject)input["LaunchTemplateData"]!.DeepClone());
        _all.Add(template);
        return new JsonObject { ["LaunchTemplate"] = Describe(template) };
    }

    /// <summary>Adds a template with an id that a test knows.</summary>
    public void Add(string id, string name, JsonObject data)
    {
        var template = new Template(id, name, []);
        template.Versions.Add(data);
        _all.Add(template);
    }

    public JsonObject CreateVersion(JsonObject input)
    {
        var template = Find(input);
        template.Versions.Add((JsonObject)input["LaunchTemplateData"]!.DeepClone());
        return new JsonObject { ["LaunchTemplateVersion"] = DescribeVersion(template, template.Versions.Count) };
    }

    public JsonObject Modify(JsonObject input)
    {
        var template = Find(input);
        if (input.Text("DefaultVersion") is { } version) template.Default = int.Parse(version);
        return new JsonObject { ["LaunchTemplate"] = Describe(template) };
    }

    public JsonObject Delete(JsonObject input)
    {
        var template = Find(input);
        _all.Remove(template);
        return new JsonObject { ["LaunchTemplate"] = Describe(template) };
    }

    public JsonObject Describe(JsonObject input)
    {
        var (ids, names) = (input.Texts("LaunchTemplateIds"), input.Texts("LaunchTemplateNames"));
        foreach (var id in ids) Find(new JsonObject { ["LaunchTemplateId"] = id });
        var found = _all.Where(t => (ids.Count == 0 && names.Count == 0) || ids.Contains(t.Id) || names.Contains(t.Name))
            .Where(t => Ec2Filters.Match(input, t.Tags, name => name == "launch-template-name" ? [t.Name] : null));
        return Pages.Of(found.Select(Describe), "LaunchTemplates", input, 200, "NextToken", "MaxResults");
    }

    public JsonObject DescribeVersions(JsonObject input)
    {
        var template = Find(input);
        var wanted = input.Texts("Versions").Select(version => NumberOf(template, version)).ToArray();
        var found = Enumerable.Range(1, template.Versions.Count).Where(number => wanted.Length == 0 || wanted.Contains(number)).Reverse();
        return Pages.Of(found.Select(n => DescribeVersion(template, n)), "LaunchTemplateVersions", input, 200, "NextToken", "MaxResults");
    }

    /// <summary>A launch with its template applied: what the launch itself says wins. Without a version, the default one is
    /// taken.</summary>
    public JsonObject Apply(JsonObject launch)
    {
        if (launch["LaunchTemplate"] is not JsonObject named) return (JsonObject)launch.DeepClone();
        var template = Find(named);
        var result = (JsonObject)template.Versions[NumberOf(template, named.Text("Version") ?? "$Default") - 1].DeepClone();
        foreach (var (name, value) in launch)
        {
            // Tags of both are given, by resource type.
            if (name == "TagSpecifications" && result[name] is JsonArray tags)
                foreach (var spec in (JsonArray)value!) tags.Add(spec!.DeepClone());
            else result[name] = value?.DeepClone();
        }
        return result;
    }

    private static int NumberOf(Template template, string version) => version switch
    {
        "$Latest" => template.Versions.Count,
        "$Default" => template.Default,
        _ => int.TryParse(version, out var number) && number >= 1 && number <= template.Versions.Count ? number
            : throw new AwsErrorException(400, "InvalidLaunchTemplateId.VersionNotFound",
                $"Could not find launch template version {version}"),
    };

    private Template Find(JsonObject input) =>
        _all.Find(t => t.Id == input.Text("LaunchTemplateId") || t.Name == input.Text("LaunchTemplateName"))
        ?? throw new AwsErrorException(400, "InvalidLaunchTemplateId.NotFound",
            $"The specified launch template, with template ID {input.Text("LaunchTemplateId")}, does not exist.");

    private JsonObject Describe(Template template) => new()
    {
        ["LaunchTemplateId"] = template.Id,
        ["LaunchTemplateName"] = template.Name,
        ["CreateTime"] = account.Time.GetUtcNow().Iso(),
        ["DefaultVersionNumber"] = template.Default,
        ["LatestVersionNumber"] = template.Versions.Count,
        ["Tags"] = Ec2Filters.ToList(template.Tags),
    };

    private JsonObject DescribeVersion(Template template, int number) => new()
    {
        ["LaunchTemplateId"] = template.Id,
        ["LaunchTemplateName"] = template.Name,
        ["VersionNumber"] = number,
        ["DefaultVersion"] = number == template.Default,
        ["CreateTime"] = account.Time.GetUtcNow().Iso(),
        ["LaunchTemplateData"] = template.Versions[number - 1].DeepClone(),
    };

    private sealed record Template(string Id, string Name, Dictionary<string, string> Tags)
    {
        public List<JsonObject> Versions { get; } = [];

        public int Default { get; set; } = 1;
    }
}
