using System.Security.Cryptography;
using System.Text;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Projects;

namespace Tenfold.App.Images;

/// <summary>What an image is built from: a Dockerfile and the files that it may copy. Equal recipes have equal tags.</summary>
/// <param name="Dockerfile">The Dockerfile's text.</param>
/// <param name="Snapshot">The SHA-256 of the project's files; null when the Dockerfile copies only <paramref name="File"/>.</param>
/// <param name="File">The file of the project that the Dockerfile copies; null when it may copy all of them.</param>
/// <param name="Tag">The tag, which is computed from everything above.</param>
internal sealed record ImageRecipe(string Dockerfile, string? Snapshot, string? File, string Tag)
{
    /// <summary>Reads what the image of a project is built from.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="located">The project.</param>
    /// <param name="baseImage">The base of a rendered Dockerfile; null for the one of <see cref="ImageDefaults"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The recipe; or BadInput: there is nothing to build, or a file is missing.</returns>
    public static async Task<Outcome<ImageRecipe>> ReadAsync(
        Services services, LocatedProject located, string? baseImage, CancellationToken cancellationToken)
    {
        var environment = located.Project.Train.Environment;
        if (environment.Reference is not { } file || environment.Kind == EnvironmentKind.Image)
        {
            return Refusal.BadInput(
                $"{located.Folder} has nothing to build an image from: set train.environment in tenfold.yaml to a Dockerfile, a "
                + "requirements.txt or an environment.yml");
        }

        if (!System.IO.File.Exists(Path.Combine(located.Folder, file)))
            return Refusal.BadInput($"train.environment names {file}, which {located.Folder} does not have");
        if (environment.Kind == EnvironmentKind.Dockerfile)
        {
            if (baseImage is not null) return Refusal.BadInput($"--base: {file} names its own base, in its line FROM");
            var text = await System.IO.File.ReadAllTextAsync(Path.Combine(located.Folder, file), cancellationToken);
            return (await SnapshotAsync(services, located, null, cancellationToken)).Match<Outcome<ImageRecipe>>(
                id => Of(text, id, null), refusal => refusal);
        }

        var rendered = environment.Kind == EnvironmentKind.Conda
            ? Conda(baseImage ?? ImageDefaults.CondaBase, file) : Python(baseImage ?? ImageDefaults.PythonBase, file);
        // A file that names other files of the project needs them, and then all of the project's files count.
        if (IsAlone(located.Folder, file, environment.Kind))
            return Of(rendered, null, file, await HashAsync(Path.Combine(located.Folder, file), cancellationToken));
        return (await SnapshotAsync(services, located, null, cancellationToken)).Match<Outcome<ImageRecipe>>(
            id => Of(rendered.Replace($"COPY {file} /tenfold/{file}", "COPY . /tenfold/", StringComparison.Ordinal), id, null),
            refusal => refusal);
    }

    /// <summary>Copies the files that the Dockerfile may copy, and the Dockerfile, into a folder.</summary>
    /// <returns>The path of the Dockerfile; or BadInput when the project has changed since.</returns>
    public async Task<Outcome<string>> WriteContextAsync(
        Services services, LocatedProject located, string folder, CancellationToken cancellationToken)
    {
        var context = Path.Combine(folder, "context");
        var dockerfile = Path.Combine(folder, "Dockerfile");
        await System.IO.File.WriteAllTextAsync(dockerfile, Dockerfile, cancellationToken);
        if (File is not null)
        {
            var target = Path.Combine(context, File);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            System.IO.File.Copy(Path.Combine(located.Folder, File), target);
            return dockerfile;
        }

        var store = new FolderStore(Path.Combine(folder, "store"));
        if (!(await SnapshotAsync(services, located, store, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        if (id != Snapshot) return Refusal.BadInput($"{located.Folder} has changed while the image was planned: try again");
        return (await new SnapshotReader(store).ExtractAsync(id, context, cancellationToken)).Fault is { } fault
            ? Refusal.BadInput(fault) : dockerfile;
    }

    private static ImageRecipe Of(string dockerfile, string? snapshot, string? file, string content = "")
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"tenfold-image-1\n{dockerfile}\n{snapshot}\n{file}\n{content}"));
        return new ImageRecipe(dockerfile, snapshot, file, $"tenfold-{Convert.ToHexStringLower(hash)[..24]}");
    }

    private static string Python(string image, string file) =>
        $"""
        FROM {image}
        COPY {file} /tenfold/{file}
        RUN cd /tenfold && python3 -m pip install --no-cache-dir --disable-pip-version-check --no-input -r {file}

        """;

    private static string Conda(string image, string file) =>
        $"""
        FROM {image}
        USER root
        COPY {file} /tenfold/{file}
        RUN cd /tenfold && micromamba install -y -n base -f {file} && micromamba clean --all --yes
        ENV CONDA_PREFIX=/opt/conda PATH=/opt/conda/bin:$PATH

        """;

    // A path in a Dockerfile's COPY ends at a blank.
    private static bool IsAlone(string folder, string file, EnvironmentKind kind)
    {
        if (file.Any(char.IsWhiteSpace)) return false;
        if (kind == EnvironmentKind.Conda)
            return !System.IO.File.ReadAllText(Path.Combine(folder, file)).Contains("pip:", StringComparison.Ordinal);
        var reading = Requirements.Read(folder, file);
        return reading is { Plain: null, NotUnderstood: null, Fault: null } && !System.IO.File.ReadLines(Path.Combine(folder, file))
            .Any(line => line.TrimStart() is ['-', ..] || line.Contains('/') || line.TrimEnd().EndsWith(".whl", StringComparison.Ordinal));
    }

    // Data channels are not code: an image does not contain them.
    private static async Task<Outcome<string>> SnapshotAsync(
        Services services, LocatedProject located, FolderStore? store, CancellationToken cancellationToken)
    {
        var home = Path.GetRelativePath(located.Folder, services.Home);
        var data = located.Project.Train.Data.Values.Where(location => !location.IsS3)
            .Select(location => Path.GetRelativePath(located.Folder, location.PathFrom(located.Folder, services.Session.HomeFolder)));
        var request = new SnapshotRequest
        {
            Root = located.Folder,
            HomeFolder = services.Session.HomeFolder,
            Exclude = located.Project.Train.Exclude,
            ExcludedPaths = [.. data.Append(home).Concat(services.Outputs.Below(located.Folder)).Where(SafePath.IsInside)],
            IsTrial = store is null,
        };
        var taker = new SnapshotTaker(store ?? services.Stores.Home, services.Index, services.Time);
        return (await taker.TakeAsync(request, cancellationToken)).Match<Outcome<string>>(
            taken => taken.Snapshot.Id,
            refused => Refusal.BadInput(string.Join("\n  ", refused.Faults.Select(fault => fault.Message))));
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var content = System.IO.File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
    }
}
