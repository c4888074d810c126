using System.Collections;
using Tenfold.Core.Hosts;

namespace Tenfold.Targets.Tests.Slurm;

/// <summary>Sessions of users for tests.</summary>
internal static class Sessions
{
    /// <summary>The session of the user who runs the tests.</summary>
    public static UserSession Own { get; } = new()
    {
        Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!),
        User = Environment.UserName,
        Machine = Environment.MachineName,
        HomeFolder = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
    };
}
