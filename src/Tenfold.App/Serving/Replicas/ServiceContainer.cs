using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.App.Serving.Replicas;

/// <summary>The container image in which a version's processes run, and the program of this machine that runs it.</summary>
/// <remarks>
/// The container shares the machine's network, so a service listens on 127.0.0.1 as without a container. Folders lie where they lie on the
/// machine, and can only be read.
/// </remarks>
public sealed record ServiceContainer
{
    // The program itself needs these, so the container's values of these names can't be passed on by the program's environment.
    private static readonly string[] Own = ["PATH", "HOME", "TMPDIR"];
    private static readonly string[] OwnPrefixes = ["DOCKER_", "CONTAINERS_", "CONTAINER_", "BUILDAH_", "XDG_"];

    // The exit code that docker and podman have, too, for a container that can't be made.
    private const string RunByBuildah =
        """
        engine=$1 name=$2 image=$3
        shift 3
        "$engine" from --name "$name" "$image" > /dev/null || exit 125
        "$engine" run "$@"
        code=$?
        "$engine" rm "$name" > /dev/null 2>&1
        exit $code
        """;

    /// <summary>The path of docker, podman or buildah.</summary>
    public required string Program { get; init; }

    /// <summary>The image.</summary>
    public required string Image { get; init; }

    /// <summary>The variables of the program itself.</summary>
    public required IReadOnlyDictionary<string, string> ProgramVariables { get; init; }

    /// <summary>The folders that the container can read, at their own paths.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>The model's folder, which is <c>/opt/ml/model</c> too, as on SageMaker; null for none.</summary>
    public string? Model { get; init; }

    /// <summary>True for buildah, which runs the container's processes as its own children and has no entry points.</summary>
    internal bool IsBuildah => Path.GetFileName(Program) == "buildah";

    /// <summary>The process that runs a command in a new container.</summary>
    /// <param name="command">The command; an empty program stands for the image's own entry point.</param>
    /// <param name="name">The container's name.</param>
    /// <param name="folder">A folder that only this user can read, for the variables.</param>
    /// <exception cref="IOException">The folder can't be written.</exception>
    internal ProcessStart Wrap(ProcessStart command, string name, string folder) =>
        IsBuildah ? WrapForBuildah(command, name, folder) : WrapForDocker(command, name, folder);

    /// <summary>The arguments that remove a container, whether it runs or not.</summary>
    internal string[] RemovalOf(string name) => IsBuildah ? ["rm", name] : ["rm", "--force", name];

    // A value would be visible to all users on the command line, so the program takes it from its own environment, or from a file.
    private ProcessStart WrapForDocker(ProcessStart command, string name, string folder)
    {
        var lines = new StringBuilder();
        var variables = new Dictionary<string, string>(ProgramVariables);
        List<string> arguments = ["run", "--rm", "--name", name, "--network", "host"];
        if (command.Folder is { } work && command.Program.Length > 0) arguments.AddRange(["--workdir", work]);
        arguments.AddRange(Mounts());
        foreach (var (variable, value) in command.Environment)
        {
            // A value of several lines is no setting of the program, and doesn't fit into the file.
            var isOwn = !value.Contains('\n')
                && (Own.Contains(variable) || OwnPrefixes.Any(prefix => variable.StartsWith(prefix, StringComparison.Ordinal)));
            if (isOwn)
            {
                lines.Append($"{variable}={value}\n");
                continue;
            }

            arguments.AddRange(["--env", variable]);
            variables[variable] = value;
        }

        if (lines.Length > 0) arguments.AddRange(["--env-file", WriteVariables(folder, name, lines)]);
        if (command.Program.Length > 0) arguments.AddRange(["--entrypoint", command.Program]);
        return command with { Program = Program, Arguments = [.. arguments, Image, .. command.Arguments], Environment = variables };
    }

    // Buildah passes no variables on, so the container's shell reads them from a file.
    private ProcessStart WrapForBuildah(ProcessStart command, string name, string folder)
    {
        var lines = new StringBuilder();
        foreach (var (variable, value) in command.Environment)
            if (IsShellName(variable)) lines.Append($"export {variable}={Quoted(value)}\n");
        var file = WriteVariables(folder, name, lines);
        string[] work = command.Folder is { } place ? ["--workingdir", place] : [];
        return command with
        {
            Program = "/bin/sh",
            Arguments =
            [
                "-c", RunByBuildah, "sh", Program, name, Image, "--network", "host", .. work, .. Mounts(), "--volume", $"{file}:{file}:ro",
                name, "--", "/bin/sh", "-c", ". \"$0\"; exec \"$@\"", file, command.Program, .. command.Arguments,
            ],
            Environment = ProgramVariables,
        };
    }

    private static string WriteVariables(string folder, string name, StringBuilder lines)
    {
        var file = Path.Combine(folder, $"{name}.env");
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(Encoding.UTF8.GetBytes(lines.ToString()));
        return file;
    }

    private IEnumerable<string> Mounts() =>
        Folders.Select(folder => $"{folder}:{folder}:ro").Concat(Model is null ? [] : [$"{Model}:/opt/ml/model:ro"])
            .SelectMany(mount => new[] { "--volume", mount });

    private static bool IsShellName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
