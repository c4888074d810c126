namespace Tenfold.Projects.Yaml;

/// <summary>The result of reading one scalar: a value, or a failure. <c>Why</c> is null when the wanted shape says enough.</summary>
internal readonly record struct Reading<T>(bool Ok, T? Value, string? Why, string? Suggestion);

internal static class Reading
{
    public static Reading<T> Of<T>(T value) => new(true, value, null, null);

    public static Reading<T> Fail<T>(string? why = null, string? suggestion = null) => new(false, default, why, suggestion);
}
