using System.Text.Json;

namespace Tenfold.Targets.Tests.Slurm.Rest;

/// <summary>
/// The requests and answers that Tenfold uses, as the openapi versions of slurmrestd define them: <c>openapi-model.json</c>, which names
/// its source.
/// </summary>
internal sealed class OpenApiModel
{
    private readonly JsonElement _model =
        JsonDocument.Parse(File.ReadAllBytes($"{AppContext.BaseDirectory}Slurm/Rest/openapi-model.json")).RootElement;

    /// <summary>Finds the faults of a request.</summary>
    /// <param name="version">The last number of the version.</param>
    /// <param name="request">The method and path without the version, such as <c>GET slurm/jobs/</c>.</param>
    /// <param name="query">The names in its query.</param>
    /// <param name="body">Its body; null for none.</param>
    public IReadOnlyList<string> OfRequest(int version, string request, IEnumerable<string> query, JsonElement? body)
    {
        if (!_model.GetProperty("requests").TryGetProperty(request, out var known)) return [$"{request} is not in the model"];
        var faults =
            query.Except(known.GetProperty("query").EnumerateArray().Select(name => name.GetString()!))
                .Select(name => $"{request} has no ?{name}=").ToList();
        var hasBody = known.TryGetProperty("body", out var type);
        if (hasBody != body.HasValue) faults.Add($"{request} {(hasBody ? "needs a" : "has no")} body");
        else if (body is { } value) Check(version, type.GetString()!, value, request, faults);
        return faults;
    }

    /// <summary>Finds the faults of the answer to a request.</summary>
    public IReadOnlyList<string> OfAnswer(int version, string request, JsonElement answer)
    {
        var faults = new List<string>();
        Check(version, _model.GetProperty("requests").GetProperty(request).GetProperty("answer").GetString()!, answer, $"{request} →",
            faults);
        return faults;
    }

    private void Check(int version, string type, JsonElement value, string path, List<string> faults)
    {
        if (type.StartsWith('['))
        {
            if (value.ValueKind != JsonValueKind.Array) faults.Add($"{path} is no array");
            else foreach (var entry in value.EnumerateArray()) Check(version, type[1..^1], entry, $"{path}[]", faults);
            return;
        }

        var isValid = type switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            _ => CheckNamed(version, _model.GetProperty("types").GetProperty(type), value, path, faults),
        };
        if (!isValid) faults.Add($"{path} is no {type}: {value.GetRawText()}");
    }

    private bool CheckNamed(int version, JsonElement type, JsonElement value, string path, List<string> faults)
    {
        if (type.ValueKind == JsonValueKind.String)
            return value.ValueKind == JsonValueKind.String && type.GetString()!.Split('|').Contains(value.GetString());
        if (value.ValueKind != JsonValueKind.Object) return false;
        var members =
            type.EnumerateObject().Select(member => (Key: Read(member.Name), Type: member.Value.GetString()!))
                .Where(member => version >= member.Key.Since && version <= member.Key.Until).ToList();
        foreach (var member in value.EnumerateObject())
        {
            if (members.Find(known => known.Key.Name == member.Name).Type is { } known)
                Check(version, known, member.Value, $"{path}.{member.Name}", faults);
            else faults.Add($"{path} has no {member.Name}");
        }

        faults.AddRange(
            members.Where(member => member.Key.IsNeeded && !value.TryGetProperty(member.Key.Name, out _))
                .Select(member => $"{path} needs {member.Key.Name}"));
        return true;
    }

    // name, name!, name@45, name!@42, name@-44
    private static (string Name, bool IsNeeded, int Since, int Until) Read(string key)
    {
        var parts = key.Split('@');
        var bound = parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        return (parts[0].TrimEnd('!'), parts[0].EndsWith('!'), Math.Max(bound, 0), bound < 0 ? -bound : int.MaxValue);
    }
}
