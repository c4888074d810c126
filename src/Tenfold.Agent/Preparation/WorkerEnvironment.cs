using System.Globalization;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Commands;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>The environment variables of the worker contract (<c>docs/contracts.md</c>), Tenfold's own and SageMaker's.</summary>
/// <remarks>SageMaker's names and meanings: sagemaker-training-toolkit, ENVIRONMENT_VARIABLES.md.</remarks>
public static class WorkerEnvironment
{
    /// <summary>All variables that the command starts with, and a warning when some don't fit.</summary>
    /// <param name="command">The command, whose arguments share the operating system's limit with the variables.</param>
    /// <param name="assignment">The attempt.</param>
    /// <param name="workspace">Its folders.</param>
    /// <param name="reservation">What it may use of the machine.</param>
    /// <param name="basis">The variables to start from: those of <see cref="BaseEnvironment"/>, of the project, and of the prepared
    /// environment.</param>
    /// <param name="secrets">The secrets' values.</param>
    public static (IReadOnlyDictionary<string, string> Variables, Warning? Warning) For(
        CommandLine command, Assignment assignment, Workspace workspace, Reservation reservation, IReadOnlyDictionary<string, string> basis,
        IReadOnlyDictionary<string, string> secrets)
    {
        var variables = new Dictionary<string, string>(basis);
        foreach (var (name, value) in secrets) variables[name] = value;
        if (assignment.Spec.Resources.Gpus > 0 && reservation.CudaDevices.Count > 0)
            variables["CUDA_VISIBLE_DEVICES"] = string.Join(',', reservation.CudaDevices);
        AddOwn(variables, assignment, workspace);
        AddSageMaker(variables, assignment, workspace, reservation);
        var taken = command.Arguments.Prepend(command.Program).Sum(ArgumentLimits.SizeOf)
            + variables.Sum(variable => ArgumentLimits.SizeOf($"{variable.Key}={variable.Value}"));
        var parameters = ParameterVariables.Of(assignment.Spec, taken);
        foreach (var (name, value) in parameters.Variables) variables[name] = value;
        return (variables, parameters.Warning);
    }

    private static void AddOwn(Dictionary<string, string> variables, Assignment assignment, Workspace workspace)
    {
        variables[QueueLifecycle.Marker] = assignment.Attempt;
        variables["TENFOLD_RUN"] = assignment.Run;
        variables["TENFOLD_GROUP"] = assignment.Group;
        variables["TENFOLD_SEED"] = assignment.Seed.ToString(CultureInfo.InvariantCulture);
        variables["TENFOLD_REPEAT"] = assignment.Repeat.ToString(CultureInfo.InvariantCulture);
        variables["TENFOLD_PARAMS"] = workspace.Parameters;
        variables["TENFOLD_MODEL_DIR"] = workspace.Model;
        variables["TENFOLD_OUTPUT_DIR"] = workspace.Output;
        variables["TENFOLD_CHECKPOINT_DIR"] = workspace.Checkpoints;
        foreach (var (channel, data) in assignment.Spec.Data) variables[$"TENFOLD_DATA_{EnvironmentNames.Suffix(channel)}"] = data.Path;
        // Python buffers what it prints to a pipe. Logs and metrics must be live.
        variables.TryAdd("PYTHONUNBUFFERED", "1");
    }

    private static void AddSageMaker(
        Dictionary<string, string> variables, Assignment assignment, Workspace workspace, Reservation reservation)
    {
        var spec = assignment.Spec;
        variables["SM_MODEL_DIR"] = workspace.Model;
        variables["SM_OUTPUT_DIR"] = workspace.Output;
        variables["SM_OUTPUT_DATA_DIR"] = workspace.Output;
        variables["SM_CHANNELS"] = Json(spec.Data.Keys);
        foreach (var (channel, data) in spec.Data) variables[$"SM_CHANNEL_{EnvironmentNames.Suffix(channel)}"] = ChannelFolder(data);
        variables["SM_NUM_GPUS"] = $"{reservation.GpuCount}";
        var cpus = (int)(spec.Resources.Cpus ?? reservation.MachineCpus ?? Environment.ProcessorCount);
        variables["SM_NUM_CPUS"] = $"{Math.Max(1, cpus)}";
        variables["SM_CURRENT_HOST"] = "algo-1";
        variables["SM_HOSTS"] = """["algo-1"]""";
    }

    // A SageMaker channel is always a folder. Tenfold gives the folder of a file.
    private static string ChannelFolder(DataSpec data) => File.Exists(data.Path) ? Path.GetDirectoryName(data.Path)! : data.Path;

    /// <summary>Texts as a JSON array.</summary>
    internal static string Json(IEnumerable<string> texts) =>
        $"[{string.Join(',', texts.Select(text => $"\"{JsonEncodedText.Encode(text)}\""))}]";
}
