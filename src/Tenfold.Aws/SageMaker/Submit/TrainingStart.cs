using System.Text;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Attempts;
using Tenfold.Core.Environments;

namespace Tenfold.Aws.SageMaker.Submit;

/// <summary>
/// How a training job begins. The request's texts are short, so the script that brings the agent is a file in the store, which SageMaker
/// copies into the container as a channel. The request contains the file's SHA-256, the file those of the agent and of the attempt's
/// list, and the list that of the assignment.
/// </summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Script">The script's text.</param>
/// <param name="SharedKey">
/// The key of stored environments (<see cref="EnvironmentKey"/>), which must not be in the store; null for none.
/// </param>
internal sealed record TrainingStart(string Attempt, string Script, string? SharedKey = null)
{
    /// <summary>The folder that SageMaker gives to a container.</summary>
    public const string Ml = "/opt/ml";

    /// <summary>The channel of the script.</summary>
    public const string ScriptChannel = "tenfold-start";

    /// <summary>The channel of the agent.</summary>
    public const string AgentChannel = "tenfold-agent";

    private const string MlVariable = "TENFOLD_ML", HashVariable = "TENFOLD_START_SHA256";

    // sha256sum is part of the core utilities, and of BusyBox.
    private const string Check =
        $"f=${MlVariable}/input/data/{ScriptChannel}/start-${HashVariable}.sh; echo \"${HashVariable}  $f\" | sha256sum -c - >/dev/null || "
        + "{ echo 'tenfold: the start script was changed' >&2; exit 70; }; exec /bin/sh \"$f\"";

    /// <summary>The program of the container and its arguments: it checks the script and becomes the script.</summary>
    public static IReadOnlyList<string> Entrypoint { get; } = ["/bin/sh", "-c", Check];

    private string? _sha256;

    /// <summary>The SHA-256 of the script, lower hexadecimal.</summary>
    public string Sha256 => _sha256 ??= AttemptList.Hash(Encoding.UTF8.GetBytes(Script));

    /// <summary>The script's key in the store. It is in the attempt's folder, with which `tenfold gc` removes it.</summary>
    public string Key => $"{Path.GetDirectoryName(AttemptKeys.Assignment(Attempt))}/start-{Sha256}.sh";

    /// <summary>True for the key of any attempt's script.</summary>
    public static bool IsKey(string key) => Path.GetFileName(key).StartsWith("start-", StringComparison.Ordinal);

    /// <summary>The variables of the request. No value is a secret of the user's.</summary>
    public IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            var variables = new Dictionary<string, string> { [MlVariable] = Ml, [HashVariable] = Sha256 };
            if (SharedKey is not null) variables[EnvironmentKey.Variable] = SharedKey;
            return variables;
        }
    }

    /// <summary>Writes the script of an attempt's job.</summary>
    /// <param name="variables">What brings the agent and the assignment.</param>
    /// <param name="plan">The job.</param>
    /// <param name="key">The key of stored environments; null for none.</param>
    /// <param name="script">The lines that begin a job; null for <see cref="StartScript.ByChannel"/>.</param>
    public static TrainingStart Of(StartVariables variables, TrainingPlan plan, string? key = null, string? script = null)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in variables.ToList()) Append(name, value);
        Append("TENFOLD_LIST", variables.List.Text.TrimEnd('\n'));
        foreach (var (name, value) in InJob.SageMakerHost.Describe(plan)) Append(name, value);
        text.Append(script ?? StartScript.ByChannel);
        return new TrainingStart(variables.List.Attempts[0], text.ToString(), key);

        void Append(string name, string value) =>
            text.Append($"export {name}='{value.Replace("'", "'\\''", StringComparison.Ordinal)}'\n");
    }
}
