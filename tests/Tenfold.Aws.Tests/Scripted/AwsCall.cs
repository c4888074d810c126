using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Model;

namespace Tenfold.Aws.Tests.Scripted;

/// <summary>A request that the double received.</summary>
internal sealed record AwsCall(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    private static readonly Dictionary<string, string> Folders = new()
    {
        ["batch"] = "batch",
        ["sagemaker"] = "sagemaker",
        ["ecr"] = "ecr",
        ["logs"] = "logs",
        ["servicequotas"] = "service-quotas",
        ["iam"] = "iam",
        ["cloudformation"] = "cloudformation",
    };

    /// <summary>The folder of the service's model, by the service's name in the signature.</summary>
    public string Service => Folders[Headers["authorization"].Split('/')[3]];

    public string Region => Headers["authorization"].Split('/')[2];

    public bool IsQuery => ServiceModel.Of(Service).Metadata.GetProperty("protocol").GetString() == "query";

    public string Operation => IsQuery ? Form["Action"]
        : Headers.TryGetValue("x-amz-target", out var target) ? target[(target.IndexOf('.') + 1)..]
        : OperationOfPath();

    /// <summary>The request's members.</summary>
    public JsonElement Input => IsQuery ? FormAsJson() : JsonDocument.Parse(Body).RootElement;

    private Dictionary<string, string> Form => System.Text.Encoding.UTF8.GetString(Body).Split('&').Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));

    // Every operation here is a POST to a fixed path.
    private string OperationOfPath() => ServiceModel.Of(Service).OperationAt(Path)
        ?? throw new InvalidOperationException($"no operation at {Path}");

    private JsonElement FormAsJson()
    {
        var root = new JsonObject();
        foreach (var (name, value) in Form)
            if (name is not ("Action" or "Version")) Set(root, name.Split('.'), value);
        return JsonSerializer.SerializeToElement<JsonNode>(root);
    }

    private static void Set(JsonNode node, ReadOnlySpan<string> path, string value)
    {
        if (path is [_, "member", ..])
        {
            var list = (JsonArray)(node[path[0]] ??= new JsonArray());
            var index = int.Parse(path[2]) - 1;
            if (list.Count == index) list.Add(path.Length == 3 ? value : new JsonObject());
            if (path.Length > 3) Set(list[index]!, path[3..], value);
        }
        else if (path.Length == 1)
        {
            node[path[0]] = value;
        }
        else
        {
            Set(node[path[0]] ??= new JsonObject(), path[1..], value);
        }
    }
}
