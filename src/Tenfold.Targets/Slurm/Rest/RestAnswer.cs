using System.Net;
using System.Text;
using System.Text.Json;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>What slurmrestd answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body: usually JSON; plain text for a wrong token or an unknown address.</param>
internal sealed record RestAnswer(HttpStatusCode Status, byte[] Body)
{
    // SLURM_PROTOCOL_AUTHENTICATION_ERROR in slurm_errno.h: slurmctld refused the token that slurmrestd passed on.
    private const int AuthenticationError = 1007;

    /// <summary>True when slurmrestd carried out the request. It may still report errors.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>True when slurmrestd does not know the address or the method, because it serves other versions.</summary>
    public bool IsUnknownAddress => Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed;

    /// <summary>True when slurmrestd does not accept the request's form, or does not know the user that it names.</summary>
    public bool IsInvalidRequest => Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity;

    /// <summary>True when slurmrestd, or slurmctld behind it, refused the token. The request had no effect.</summary>
    public bool IsTokenRefused =>
        Status is HttpStatusCode.Unauthorized or HttpStatusCode.NetworkAuthenticationRequired
        || (!IsSuccess && Read(HasAuthenticationError) is true);

    /// <summary>True when a server on the way to slurmctld did not answer, so that the request may have had its effect.</summary>
    public bool IsNoAnswer => Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>The errors that Slurm reports, one on each line; empty when there are none.</summary>
    public static string Errors(JsonElement answer) =>
        string.Join('\n', RestJson.Entries(answer, "errors").SelectMany(Texts).Distinct());

    /// <summary>The errors that Slurm reports; the whole text when the answer isn't JSON.</summary>
    public string Errors() => Read(Errors) ?? Encoding.UTF8.GetString(Body).Trim();

    /// <summary>The errors that Slurm reports; the HTTP status for a failure that reports none.</summary>
    public string Faults() => Errors() is var errors && (errors.Length > 0 || IsSuccess) ? errors : $"HTTP {(int)Status}";

    /// <summary>The errors of <see cref="Faults()"/>, each with its number.</summary>
    public IReadOnlyList<RestError> NumberedFaults()
    {
        var errors = Read(answer => RestJson.Entries(answer, "errors")
            .Select(error => new RestError(RestJson.Number(error, "error_number"), string.Join(": ", Texts(error).Distinct())))
            .Where(error => error.Words.Length > 0).ToList());
        if (errors is { Count: > 0 }) return errors;
        return Faults() is { Length: > 0 } faults ? [new RestError(null, faults)] : [];
    }

    private static IEnumerable<string> Texts(JsonElement error) =>
        new[] { RestJson.Text(error, "error"), RestJson.Text(error, "description") }.Where(text => text.Length > 0);

    /// <summary>Reads the answer's JSON object; returns the type's default when the answer is no JSON object.</summary>
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

/// <summary>An error that Slurm reports.</summary>
/// <param name="Number">Its number in <c>slurm_errno.h</c>; null when the answer has none.</param>
/// <param name="Words">Slurm's words.</param>
internal sealed record RestError(long? Number, string Words)
{
    // ESLURM_INVALID_JOB_ID, ESLURM_ALREADY_DONE, ESLURM_JOB_FINISHED and ESLURMD_KILL_JOB_ALREADY_COMPLETE.
    private static readonly long?[] EndedJob = [2017, 2021, 2084, 4002];

    /// <summary>True when the job has ended by itself, or Slurm has forgotten it, so that nothing is left to cancel.</summary>
    public bool IsOfEndedJob => EndedJob.Contains(Number);
}
