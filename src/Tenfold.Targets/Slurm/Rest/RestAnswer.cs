using System.Net;
using System.Text;
using System.Text.Json;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>What slurmrestd answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; JSON as a rule, plain text for a wrong token and for an address that it does not know.</param>
internal sealed record RestAnswer(HttpStatusCode Status, byte[] Body)
{
    /// <summary>True when slurmrestd did what it was asked; it may have errors to tell all the same.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>True when it does not have the address, or not for that verb: it is of another version.</summary>
    public bool IsUnknownAddress => Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed;

    /// <summary>True when something between here and slurmctld had no answer: what was asked for may be done all the same.</summary>
    public bool IsNoAnswer => Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>Slurm's words for what went wrong, a line each; empty for nothing.</summary>
    public static string Errors(JsonElement answer) =>
        string.Join('\n', RestJson.Entries(answer, "errors").SelectMany(error => new[] { RestJson.Text(error, "error"), RestJson.Text(error, "description") })
            .Where(text => text.Length > 0).Distinct());

    /// <summary>The same, of an answer that may be no JSON.</summary>
    public string Errors() => Read(Errors) ?? Encoding.UTF8.GetString(Body).Trim();

    /// <summary>The same, and the status where there are no words.</summary>
    public string Faults() => Errors() is var errors && (errors.Length > 0 || IsSuccess) ? errors : $"HTTP {(int)Status}";

    /// <summary>Reads the JSON object that it is; null when it is none.</summary>
    public T? Read<T>(Func<JsonElement, T> read)
    {
        try
        {
            using var answer = JsonDocument.Parse(Body);
            return answer.RootElement.ValueKind == JsonValueKind.Object ? read(answer.RootElement) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
