using System.Collections;

namespace Tenfold.Agent.Tests;

internal static class ProcessVariables
{
    public static IReadOnlyDictionary<string, string> Read() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
}
