using System.Text;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Ec2;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ssm;

/// <summary>AWS Systems Manager: the public parameters of images, and the account's own parameters.</summary>
/// <remarks>Source: AWS Systems Manager API Reference.</remarks>
public sealed class SsmService : AwsService
{
    private const int MaxStandardBytes = 4096;

    private readonly Account _account;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoredParameter> _own = new(StringComparer.Ordinal);

    internal SsmService(Account account) : base("ssm")
    {
        _account = account;
        OnLocked("GetParameter", request => new JsonObject
        {
            ["Parameter"] = Find(request.Input.Text("Name")!, request.Input.Flag("WithDecryption"))
                ?? throw new AwsErrorException(400, "ParameterNotFound", ""),
        });
        OnLocked("GetParameters", Get);
        OnLocked("GetParametersByPath", GetByPath);
        OnLocked("PutParameter", Put);
        OnLocked("DeleteParameters", Delete);
    }

    /// <summary>The names of the account's parameters.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate) return [.. _own.Keys];
        }
    }

    /// <summary>The type, the value, the tags and the readers of a parameter.</summary>
    public StoredParameter Show(string name)
    {
        lock (_gate) return _own[name];
    }

    private void OnLocked(string operation, Func<AwsRequest, JsonObject> answer) => On(operation, request =>
    {
        lock (_gate) return answer(request);
    });

    private JsonObject Get(AwsRequest request)
    {
        var (found, unknown) = (new JsonArray(), new JsonArray());
        foreach (var name in request.Input.Texts("Names"))
        {
            if (_own.TryGetValue(name, out var own) && request.Input.Flag("WithDecryption")) own.Readers.Add(request.Caller.Arn);
            if (Find(name, request.Input.Flag("WithDecryption")) is { } parameter) found.Add(parameter);
            else unknown.Add(name);
        }

        return new JsonObject { ["Parameters"] = found, ["InvalidParameters"] = unknown };
    }

    private JsonObject GetByPath(AwsRequest request)
    {
        var path = request.Input.Text("Path")!.TrimEnd('/') + "/";
        var names = _own.Keys.Where(name => name.StartsWith(path, StringComparison.Ordinal)
            && (request.Input.Flag("Recursive") || !name[path.Length..].Contains('/')));
        return Pages.Of(
            names.Select(name => Find(name, request.Input.Flag("WithDecryption"))!), "Parameters", request.Input, 10, "NextToken",
            "MaxResults");
    }

    private JsonObject Put(AwsRequest request)
    {
        var (name, value, tags) = (request.Input.Text("Name")!, request.Input.Text("Value")!, request.Input.Items("Tags"));
        var isOverwritten = request.Input.Flag("Overwrite");
        if (isOverwritten && tags.Count > 0)
        {
            throw new AwsErrorException(400, "ValidationException",
                "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite " +
                "flag.");
        }

        if (Encoding.UTF8.GetByteCount(value) > MaxStandardBytes)
        {
            throw new AwsErrorException(400, "ValidationException",
                "Standard tier parameters support a maximum parameter value of 4096 characters.");
        }

        if (_own.TryGetValue(name, out var earlier) && !isOverwritten)
        {
            throw new AwsErrorException(400, "ParameterAlreadyExists",
                "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.");
        }

        var version = (earlier?.Version ?? 0) + 1;
        _own[name] = new StoredParameter(
            request.Input.Text("Type") ?? earlier?.Type ?? "String", value, version,
            earlier?.Tags ?? tags.ToDictionary(tag => tag.Text("Key")!, tag => tag.Text("Value")!));
        return new JsonObject { ["Version"] = version, ["Tier"] = "Standard" };
    }

    private JsonObject Delete(AwsRequest request)
    {
        var names = request.Input.Texts("Names").ToLookup(_own.Remove);
        return new JsonObject { ["DeletedParameters"] = List(names[true]), ["InvalidParameters"] = List(names[false]) };
    }

    private static JsonArray List(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];

    private JsonObject? Find(string name, bool isDecrypted)
    {
        if (_own.TryGetValue(name, out var own))
        {
            var isReadable = own.Type != "SecureString" || isDecrypted;
            var value = isReadable ? own.Value : "AQICAHiAnEncryptedValue";
            return Describe(name, own.Type, value, own.Version, _account.Arn("ssm", $"parameter{name}"));
        }

        return Ec2Catalog.Parameters.GetValueOrDefault(name) is { } known
            ? Describe(name, "String", known, 12, $"arn:aws:ssm:{_account.Region}::parameter{name}") : null;
    }

    private JsonObject Describe(string name, string type, string value, int version, string arn) => new()
    {
        ["Name"] = name,
        ["Type"] = type,
        ["Value"] = value,
        ["Version"] = version,
        ["LastModifiedDate"] = _account.Time.GetUtcNow().Seconds(),
        ["ARN"] = arn,
        ["DataType"] = "text",
    };
}

/// <summary>A parameter of the account.</summary>
/// <param name="Type">The type, for example <c>SecureString</c>.</param>
/// <param name="Value">The value.</param>
/// <param name="Version">The version, from 1.</param>
/// <param name="Tags">The tags.</param>
public sealed record StoredParameter(string Type, string Value, int Version, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>The ARNs of those who read the value.</summary>
    public List<string> Readers { get; } = [];
}
