using System.Net;
using System.Text;
using System.Text.Json;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>What slurmrestd answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body: JSON as a rule, plain text for a wrong token and for an unknown address.</param>
internal sealed record RestAnswer(HttpStatusCode Status, byte[] Body)
{
    // SLURM_PROTOCOL_AUTHENTICATION_ERROR in slurm_errno.h: slurmctld refused the token that slurmrestd passed on.
    private const int AuthenticationError = 1007;

    /// <summary>True when slurmrestd did what it was asked. It may report errors all the same.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>True when slurmrestd does not know the address, or not with that verb: it serves other versions.</summary>
    public bool IsUnknownAddress => Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed;

    /// <summary>True when slurmrestd does not accept the request's form, or does not know the user that it names.</summary>
    public bool IsInvalidRequest => Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity;

    /// <summary>True when the token was refused, by slurmrestd itself or by slurmctld behind it. Nothing was done.</summary>
    public bool IsTokenRefused =>
        Status is HttpStatusCode.Unauthorized or HttpStatusCode.NetworkAuthenticationRequired
        || (!IsSuccess && Read(HasAuthenticationError) is true);

    /// <summary>True when something between here and slurmctld did not answer, so that the request may have been carried out.</summary>
    public bool IsNoAnswer => Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>Slurm's words for what went wrong, one error a line; empty for nothing.</summary>
    public static string Errors(JsonElement answer) =>
        string.Join('\n', RestJson.Entries(answer, "errors")
            .SelectMany(error => new[] { RestJson.Text(error, "error"), RestJson.Text(error, "description") })
            .Where(text => text.Length > 0).Distinct());

    /// <summary>Slurm's words for what went wrong; for an answer that is no JSON its whole text.</summary>
    public string Errors() => Read(Errors) ?? Encoding.UTF8.GetString(Body).Trim();

    /// <summary>Slurm's words for what went wrong; the HTTP status for a failure without words.</summary>
    public string Faults() => Errors() is var errors && (errors.Length > 0 || IsSuccess) ? errors : $"HTTP {(int)Status}";

    /// <summary>Reads the answer's JSON object; the type's default when the answer is no JSON object.</summary>
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

    private static bool HasAuthenticationError(JsonElement answer) =>
        RestJson.Entries(answer, "errors").Any(error => RestJson.Number(error, "error_number") == AuthenticationError);
}
