namespace Tenfold.Projects;

/// <summary>The environment of a training command.</summary>
/// <param name="Kind">The kind of the reference.</param>
/// <param name="Reference">The file's path in the project, or the image; null for <see cref="EnvironmentKind.System"/>.</param>
public sealed record TrainingEnvironment(EnvironmentKind Kind, string? Reference)
{
    /// <summary>The environment that the machine has.</summary>
    public static TrainingEnvironment System { get; } = new(EnvironmentKind.System, null);
}

/// <summary>The kinds of <see cref="TrainingEnvironment"/>. The first kind that matches the text applies.</summary>
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

    /// <summary>Any other text with a tag, a digest or a registry: an image reference.</summary>
    Image,
}
