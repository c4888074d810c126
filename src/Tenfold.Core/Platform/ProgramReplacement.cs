using System.Runtime.InteropServices;

namespace Tenfold.Core.Platform;

/// <summary>Replaces the program of this process: the new program has its process id, its files and its terminal.</summary>
public static class ProgramReplacement
{
    /// <summary>Replaces the program.</summary>
    /// <param name="program">The program's path; it is not looked up in <c>PATH</c>.</param>
    /// <param name="arguments">Its arguments, without the program's name.</param>
    /// <param name="environment">Its complete environment.</param>
    /// <returns>Why the program can't be started; on success this method does not return.</returns>
    /// <remarks>Source: Linux, <c>execve(2)</c>.</remarks>
    public static unsafe string Exec(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        using var path = new NativeStrings([program]);
        using var list = new NativeStrings([program, .. arguments]);
        using var variables = new NativeStrings(environment.Select(pair => $"{pair.Key}={pair.Value}"));
        _ = ProcessCalls.execve(path[0], list.Pointer, variables.Pointer);
        return Posix.Describe(Marshal.GetLastPInvokeError());
    }
}
