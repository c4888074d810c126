namespace Tenfold.Projects;

/// <summary>What a training command finds installed.</summary>
/// <param name="Kind">What the reference is.</param>
/// <param name="Reference">The file's path in the project, or the image; null for <see cref="EnvironmentKind.System"/>.</param>
public sealed record TrainingEnvironment(EnvironmentKind Kind, string? Reference)
{
    /// <summary>What the machine has.</summary>
    public static TrainingEnvironment System { get; } = new(EnvironmentKind.System, null);
}

/// <summary>The kinds of <see cref="TrainingEnvironment"/>, told apart by how the text looks, in this order.</summary>
public enum EnvironmentKind
{
    /// <summary>The word <c>system</c>: what the machine has.</summary>
    System,

    /// <summary>A path ending in .txt: a pip requirements file, made into a virtual environment.</summary>
    Requirements,

    /// <summary>A path ending in .yml or .yaml: a conda environment file.</summary>
    Conda,

    /// <summary>A path whose last part is <c>Dockerfile</c>, begins with <c>Dockerfile.</c> or ends in <c>.Dockerfile</c>.</summary>
    Dockerfile,

    /// <summary>Anything else with a tag, a digest or a registry in it: an image reference.</summary>
    Image,
}
