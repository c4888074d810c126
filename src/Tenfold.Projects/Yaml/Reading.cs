namespace Tenfold.Projects.Yaml;

/// <summary>What came of reading one scalar: a value; or nothing, with what is wrong about it where that isn't plain to see.</summary>
internal readonly record struct Reading<T>(bool Ok, T? Value, string? Why, string? Suggestion);

internal static class Reading
{
    public static Reading<T> Of<T>(T value) => new(true, value, null, null);

    public static Reading<T> Fail<T>(string? why = null, string? suggestion = null) => new(false, default, why, suggestion);
}
