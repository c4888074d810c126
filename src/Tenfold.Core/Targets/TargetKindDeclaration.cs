namespace Tenfold.Core.Targets;

/// <summary>
/// What is known of a kind of target before it is opened. The reader of <c>tenfold.yaml</c>, the schema and the reference page are made
/// from its options.
/// </summary>
/// <param name="Kind">The word that follows <c>kind:</c>: lower-case letters. Groups record it, so it never changes.</param>
/// <param name="Options">The options, in the order of the reference page.</param>
public sealed record TargetKindDeclaration(string Kind, IReadOnlyList<TargetOption> Options)
{
    /// <summary>The key of the option that names the price of a machine; null for a kind without one.</summary>
    public string? PriceOption { get; init; }

    /// <summary>
    /// The file names of large libraries that only a controller of this kind loads. They are not delivered with the agent. Default: none.
    /// </summary>
    public IReadOnlyCollection<string> ControllerLibraries { get; init; } = [];

    /// <summary>True when the target runs the container image that <c>environment</c> names, if it names one. Default: false.</summary>
    public bool RunsImages { get; init; }
}

/// <summary>An option of a kind of target: a key beside <c>kind:</c>. No option is required.</summary>
/// <param name="Key">The key.</param>
/// <param name="Meaning">What the option is for, in one or two sentences of Markdown.</param>
/// <param name="Example">A value as a user would write it.</param>
public abstract record TargetOption(string Key, string Meaning, string Example)
{
    /// <summary>What holds without the option, in a few words of Markdown. Default: <c>none</c>.</summary>
    public string Default { get; init; } = "none";
}

/// <summary>An option that is a text; <see cref="TargetSettings.Text"/> reads it.</summary>
/// <inheritdoc cref="TargetOption"/>
public sealed record TextOption(string Key, string Meaning, string Example) : TargetOption(Key, Meaning, Example);

/// <summary>An option that is a whole number; <see cref="TargetSettings.Whole"/> reads it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Min">The smallest number allowed.</param>
/// <param name="Max">The largest number allowed.</param>
/// <param name="Meaning">What the option is for, in one or two sentences of Markdown.</param>
/// <param name="Example">A value as a user would write it.</param>
public sealed record WholeNumberOption(string Key, int Min, int Max, string Meaning, string Example) : TargetOption(Key, Meaning, Example);

/// <summary>
/// An option that is a time, such as <c>5m</c>; <see cref="TargetSettings.Duration"/> reads it. Records keep its seconds.
/// </summary>
/// <inheritdoc cref="TargetOption"/>
public sealed record DurationOption(string Key, string Meaning, string Example) : TargetOption(Key, Meaning, Example);

/// <summary>An option that is true or false; <see cref="TargetSettings.Flag"/> reads it.</summary>
/// <inheritdoc cref="TargetOption"/>
public sealed record FlagOption(string Key, string Meaning, string Example) : TargetOption(Key, Meaning, Example);

/// <summary>An option that is a list of texts; <see cref="TargetSettings.Texts"/> reads it.</summary>
/// <inheritdoc cref="TargetOption"/>
public sealed record TextListOption(string Key, string Meaning, string Example) : TargetOption(Key, Meaning, Example)
{
    /// <summary>
    /// The key of the list in a YAML file that may be named instead of the list; null when no file may be named. Until a target is planned,
    /// the option is then the file's name, see <see cref="TargetSettings.Text"/>.
    /// </summary>
    public string? KeyInFile { get; init; }
}
