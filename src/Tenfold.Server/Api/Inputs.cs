using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Tenfold.Server.Api;

/// <summary>Checks what comes from outside.</summary>
internal static partial class Inputs
{
    /// <summary>Reads a body.</summary>
    /// <returns>The body; or BadInput.</returns>
    /// <exception cref="BadHttpRequestException">The body is too long, or was not sent to its end.</exception>
    public static async Task<Outcome<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!request.HasJsonContentType()) return Refusal.BadInput("the body must be JSON, with Content-Type: application/json");
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, cancellationToken) is { } body
                ? body : Refusal.BadInput("the body is null, and must be an object");
        }
        catch (JsonException e)
        {
            return Refusal.BadInput($"the body can't be read: {e.Message}");
        }
    }

    /// <summary>An id, or the beginning of one.</summary>
    /// <returns>The id; or BadInput.</returns>
    public static Outcome<string> Id(string text) =>
        IdPattern.IsMatch(text) ? text : Refusal.BadInput("an id has at most 64 letters, digits and '-'");

    /// <summary>Several ids.</summary>
    /// <param name="texts">The ids.</param>
    /// <param name="least">How many there must be.</param>
    /// <param name="most">How many there may be.</param>
    public static Outcome<IReadOnlyList<string>> Ids(IReadOnlyList<string>? texts, int least, int most)
    {
        if (texts is null || texts.Count < least || texts.Count > most)
            return Refusal.BadInput($"name {least} to {most} ids, not {texts?.Count ?? 0}");
        foreach (var text in texts)
            if (!Id(text ?? "").Succeeded(out _, out var refusal)) return refusal;
        return Outcome.Of(texts);
    }

    /// <summary>A number in a range.</summary>
    /// <returns>The number, or the default when there is none; or BadInput.</returns>
    public static Outcome<Number> Count(string name, int? given, int otherwise, int least, int most) =>
        given is not { } count ? new Number(otherwise)
        : count >= least && count <= most ? new Number(count)
        : Refusal.BadInput($"{name} must be a whole number from {least} to {most}, not {count}");

    /// <summary>A word of an enumeration, such as a state.</summary>
    /// <returns>The value, null when there is no word; or BadInput.</returns>
    public static Outcome<Choice<T>> Word<T>(string name, string? word)
        where T : struct, Enum =>
        word is null ? new Choice<T>(null)
        // TryParse alone also takes numbers and lists.
        : Enum.GetNames<T>().Contains(word, StringComparer.OrdinalIgnoreCase) ? new Choice<T>(Enum.Parse<T>(word, ignoreCase: true))
            : Refusal.BadInput(
                $"{name} must be one of {string.Join(", ", Enum.GetNames<T>().Select(one => one.ToLowerInvariant()))}");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9-]{0,63}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IdPattern { get; }
}

/// <summary>A number that was checked.</summary>
internal sealed record Number(int Value);

/// <summary>A value that was checked, or none.</summary>
internal sealed record Choice<T>(T? Value)
    where T : struct;
