using System.Globalization;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Commands;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>The environment variables of the worker contract (<c>docs/contracts.md</c>), Tenfold's own and SageMaker's.</summary>
/// <remarks>SageMaker's names and meanings: sagemaker-training-toolkit, ENVIRONMENT_VARIABLES.md.</remarks>
public static class WorkerEnvironment
{
    /// <summary>All variables that the command starts with.</summary>
    /// <param name="assignment">The attempt.</param>
    /// <param name="workspace">Its folders.</param>
    /// <param name="reservation">What it may use of the machine.</param>
    /// <param name="basis">The variables to start from; see <see cref="BaseEnvironment"/>.</param>
    /// <param name="environment">What the prepared environment adds, such as its <c>PATH</c>.</param>
    /// <param name="secrets">The secrets' values.</param>
    public static Dictionary<string, string> For(
        Assignment assignment, Workspace workspace, Reservation reservation, IReadOnlyDictionary<string, string> basis,
        IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> secrets)
    {
        var variables = new Dictionary<string, string>(basis);
        foreach (var source in new[] { environment, secrets })
            foreach (var (name, value) in source) variables[name] = value;
        if (assignment.Spec.Resources.Gpus > 0 && reservation.CudaDevices.Count > 0)
            variables["CUDA_VISIBLE_DEVICES"] = string.Join(',', reservation.CudaDevices);
        AddOwn(variables, assignment, workspace);
        AddSageMaker(variables, assignment, workspace, reservation);
        return variables;
    }

    /// <summary>A parameter as text: the characters of a string, and JSON for anything else.</summary>
    public static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

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
        foreach (var parameter in assignment.Spec.Parameters.EnumerateObject())
            variables[$"TENFOLD_PARAM_{EnvironmentNames.Suffix(parameter.Name)}"] = Text(parameter.Value);
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
        variables["SM_HPS"] = spec.Parameters.GetRawText();
        foreach (var parameter in spec.Parameters.EnumerateObject())
            variables[$"SM_HP_{EnvironmentNames.Suffix(parameter.Name)}"] = Text(parameter.Value);
        variables["SM_CHANNELS"] = Json(spec.Data.Keys);
        foreach (var (channel, data) in spec.Data) variables[$"SM_CHANNEL_{EnvironmentNames.Suffix(channel)}"] = ChannelFolder(data);
        variables["SM_USER_ARGS"] = Json(CommandLine.ScriptArguments(spec.Parameters));
        variables["SM_NUM_GPUS"] = $"{reservation.GpuCount}";
        var cpus = (int)(spec.Resources.Cpus ?? reservation.MachineCpus ?? Environment.ProcessorCount);
        variables["SM_NUM_CPUS"] = $"{Math.Max(1, cpus)}";
        variables["SM_CURRENT_HOST"] = "algo-1";
        variables["SM_HOSTS"] = """["algo-1"]""";
    }

    // A SageMaker channel is always a folder. Tenfold gives the folder of a file.
    private static string ChannelFolder(DataSpec data) => File.Exists(data.Path) ? Path.GetDirectoryName(data.Path)! : data.Path;

    private static string Json(IEnumerable<string> texts) =>
        $"[{string.Join(',', texts.Select(text => $"\"{JsonEncodedText.Encode(text)}\""))}]";
}
