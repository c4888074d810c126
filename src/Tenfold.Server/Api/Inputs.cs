using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Tenfold.Core.Input;

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
        JsonDocument? document = null;
        try
        {
            document = await JsonDocument.ParseAsync(
                request.Body, new JsonDocumentOptions { AllowDuplicateProperties = false }, cancellationToken);
            return document.Deserialize(type) is { } body ? body : Refusal.BadInput("the body is null, and must be an object");
        }
        catch (JsonException e) when (document is null)
        {
            // Only a fault of the grammar has a place.
            return Refusal.BadInput(e.LineNumber is { } line
                ? $"the body is not JSON: see line {line + 1}, byte {e.BytePositionInLine + 1}" : "a member occurs twice in the body");
        }
        catch (JsonException e)
        {
            return Refusal.BadInput(FaultOf(document!.RootElement, type, e.Path));
        }
        finally
        {
            document?.Dispose();
        }
    }

    // The serializer's own words are about types of .NET.
    private static string FaultOf(JsonElement body, JsonTypeInfo type, string? path)
    {
        if (body.ValueKind != JsonValueKind.Object) return "the body must be an object";
        string[] known = [.. type.Properties.Select(property => property.Name)];
        var given = body.EnumerateObject().Select(member => member.Name).ToList();
        var comparer = type.Options.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        if (given.Find(name => !known.Contains(name, comparer)) is { } unknown)
        {
            var near = Nearest.To(unknown, known) is { } nearest ? $"did you mean {nearest}?" : $"it may have {string.Join(", ", known)}";
            return $"the body has an unknown member {Excerpt.Of(unknown)}; {near}";
        }

        if (type.Properties.FirstOrDefault(property => property.IsRequired && !given.Contains(property.Name, comparer)) is { } missing)
            return $"the body has no member '{missing.Name}', which is required";
        var place = path is null or "$" ? "the body" : $"the value at {Excerpt.Bare(path)}";
        return $"{place} has the wrong type, or a member that is unknown or missing: docs/server.md has the members";
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
