using Tenfold.Core.Platform;

namespace Tenfold.Core.Environments;

/// <summary>
/// The key by which a user's jobs recognise the environments that other jobs of this user have stored. It travels with a job and is never
/// in a store, so nobody who may only write to the store can make a job execute a program.
/// </summary>
/// <remarks>
/// A target whose machines start with fresh disks gives its jobs the key in <see cref="Variable"/>. Without it, an agent neither stores an
/// environment nor fetches one.
/// </remarks>
public static class EnvironmentKey
{
    /// <summary>The environment variable of an agent that has the key.</summary>
    public const string Variable = "TENFOLD_ENVIRONMENT_KEY";

    private const string FileName = "environments.key";

    /// <summary>Reads the key of a home folder, and makes it first when there is none.</summary>
    /// <param name="home">The folder to which Tenfold writes.</param>
    /// <returns>The key, lower hexadecimal; null when the folder can't be written.</returns>
    public static string? ReadOrCreate(string home) => HomeKey.ReadOrCreate(home, FileName);

    /// <summary>The bytes of a key; null for a text that is no key.</summary>
    public static byte[]? Parse(string? text) => HomeKey.Parse(text);
}
