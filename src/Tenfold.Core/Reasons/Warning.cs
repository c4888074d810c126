using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenfold.Core.Reasons;

/// <summary>Something that a user should know about an attempt, though it did not end the attempt: a code with its data.</summary>
[JsonConverter(typeof(WarningConverter))]
public abstract record Warning
{
    private protected Warning(string code) => Code = code;

    /// <summary>
    /// The name under which the warning is stored: lower-case words joined by hyphens, such as <c>data-changed</c>. It never changes. A
    /// stored code that this version does not know is read as <see cref="Unknown"/>.
    /// </summary>
    [JsonPropertyOrder(-1)]
    public string Code { get; }

    /// <summary>The warning in words; see <see cref="ReasonText"/>.</summary>
    public sealed override string ToString() => ReasonText.Of(this);

    /// <summary>Free text: a warning that an older version stored.</summary>
    /// <param name="Text">The text.</param>
    public sealed record Note(string Text) : Warning("note");

    /// <summary>A warning of a newer version, whose code this version does not know.</summary>
    /// <param name="Data">The stored object, as it was read.</param>
    /// <param name="Words">The newer version's own words; null when only the object was stored.</param>
    public sealed record Unknown(JsonElement Data, string? Words = null) : Warning(CodedJson.CodeOf(Data));

    /// <summary>A file of the results was not stored.</summary>
    /// <param name="Path">The file, relative to the results.</param>
    /// <param name="Why">Why not.</param>
    public sealed record FileNotStored(string Path, string Why) : Warning("file-not-stored");

    /// <summary>More files of the results were not stored than are named one by one.</summary>
    /// <param name="Count">How many more.</param>
    public sealed record MoreFilesNotStored(int Count) : Warning("more-files-not-stored");

    /// <summary>Parameters are too long for some of the variables that should carry them. The parameters' file has all of them.</summary>
    /// <param name="Parameter">The longest of these parameters.</param>
    /// <param name="Bytes">How long it is, as UTF-8.</param>
    /// <param name="Variables">The variables that are not set.</param>
    public sealed record VariablesLeftOut(string Parameter, int Bytes, IReadOnlyList<string> Variables) : Warning("variables-left-out")
    {
        /// <inheritdoc/>
        public bool Equals(VariablesLeftOut? other) =>
            other is not null && (Parameter, Bytes) == (other.Parameter, other.Bytes) && Variables.SequenceEqual(other.Variables);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Parameter, Bytes, Variables.Count);
    }

    /// <summary>A data channel changed while the command ran.</summary>
    /// <param name="What">Which channel, and how it changed.</param>
    public sealed record DataChanged(string What) : Warning("data-changed");

    /// <summary>Lines of the command's output look like metrics, and can't be read as such.</summary>
    /// <param name="Lines">How many lines.</param>
    /// <param name="First">The first of them, and what is wrong with it.</param>
    public sealed record MetricsNotUnderstood(long Lines, string First) : Warning("metrics-not-understood");

    /// <summary>No line reports the metric that decides, but a line of the output may.</summary>
    /// <param name="Metric">The metric's name.</param>
    /// <param name="Line">The line, or the part of it that matters.</param>
    /// <param name="Pattern">A regular expression for <c>train.metrics</c> that finds the value there.</param>
    /// <param name="IsStandardError">True when the line was printed to standard error.</param>
    public sealed record MetricNotFound(string Metric, string Line, string Pattern, bool IsStandardError) : Warning("metric-not-found");

    /// <summary>Lines of the command's output are so long that no metrics were looked for in them.</summary>
    /// <param name="Lines">How many lines.</param>
    /// <param name="LimitBytes">How long a line may be.</param>
    /// <param name="First">The beginning of the first of them.</param>
    public sealed record LinesTooLong(long Lines, long LimitBytes, string First) : Warning("lines-too-long");

    /// <summary>A line was rewritten so often that not all of its updates were recorded.</summary>
    /// <param name="AllUpTo">How many updates of a line are all recorded.</param>
    public sealed record UpdatesSkipped(long AllUpTo) : Warning("updates-skipped");

    /// <summary>A process that the command left behind holds the command's output open. What it prints is lost.</summary>
    public sealed record OutputHeldOpen() : Warning("output-held-open");

    /// <summary>
    /// Processes that the command had started still ran when it succeeded, and were ended. Training in the background is cut short so.
    /// </summary>
    /// <param name="Processes">How many; at least one.</param>
    public sealed record ProcessesEnded(int Processes) : Warning("processes-ended");

    /// <summary>A part of the log or of the metrics could not be stored.</summary>
    /// <param name="Message">What could not be stored, and why.</param>
    public sealed record OutputNotStored(string Message) : Warning("output-not-stored");

    /// <summary>The last checkpoint could not be stored.</summary>
    /// <param name="Message">Why not.</param>
    public sealed record CheckpointNotStored(string Message) : Warning("checkpoint-not-stored");

    /// <summary>The last checkpoint was not stored, because a file of it may be incomplete. The stored one before it is used.</summary>
    /// <param name="Path">The file, relative to the checkpoint folder.</param>
    /// <param name="SavedAtMs">When the attempt's newest stored checkpoint was saved, in Unix milliseconds; null when it has none.</param>
    public sealed record CheckpointIncomplete(string Path, long? SavedAtMs) : Warning("checkpoint-incomplete");

    /// <summary>Files of the environment were changed while the attempt used it. The next attempt gets a new environment.</summary>
    /// <param name="File">The file that describes the environment.</param>
    /// <param name="What">A changed file, and how many others.</param>
    public sealed record EnvironmentChanged(string File, string What) : Warning("environment-changed")
    {
        /// <summary>Other runs that used the environment when it was changed, and may have changed it; null when there are none.</summary>
        public IReadOnlyList<string>? Others { get; init; }

        /// <inheritdoc/>
        public bool Equals(EnvironmentChanged? other) =>
            other is not null && (File, What) == (other.File, other.What) && (Others ?? []).SequenceEqual(other.Others ?? []);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(File, What, Others?.Count);
    }

    /// <summary>The environment was made for the attempt's group alone, because what it depends on is unknown.</summary>
    /// <param name="File">The file that describes the environment.</param>
    /// <param name="Line">The line that is not understood, with its file.</param>
    public sealed record EnvironmentNotReused(string File, string Line) : Warning("environment-not-reused");

    /// <summary>The store has the environment, but it is damaged or not what was stored. So the environment was built again.</summary>
    /// <param name="File">The file that describes the environment.</param>
    /// <param name="Why">What is wrong.</param>
    public sealed record EnvironmentRefused(string File, string Why) : Warning("environment-refused");

    /// <summary>A notebook has no cell tagged <c>parameters</c>, so parameters were put before its first cell.</summary>
    /// <param name="Notebook">The notebook.</param>
    /// <param name="Overwritten">The parameters that a cell of the notebook sets again.</param>
    public sealed record ParametersUntagged(string Notebook, IReadOnlyList<string> Overwritten) : Warning("parameters-untagged")
    {
        /// <inheritdoc/>
        public bool Equals(ParametersUntagged? other) =>
            other is not null && Notebook == other.Notebook && Overwritten.SequenceEqual(other.Overwritten);

        /// <inheritdoc/>
        public override int GetHashCode() => Overwritten.Aggregate(Notebook.GetHashCode(StringComparison.Ordinal), HashCode.Combine);
    }

    /// <summary>The cell of a notebook that is tagged <c>parameters</c> does not have some of the parameters.</summary>
    /// <param name="Notebook">The notebook.</param>
    /// <param name="Names">The parameters that the cell lacks.</param>
    public sealed record ParametersUndeclared(string Notebook, IReadOnlyList<string> Names) : Warning("parameters-undeclared")
    {
        /// <inheritdoc/>
        public bool Equals(ParametersUndeclared? other) =>
            other is not null && Notebook == other.Notebook && Names.SequenceEqual(other.Names);

        /// <inheritdoc/>
        public override int GetHashCode() => Names.Aggregate(Notebook.GetHashCode(StringComparison.Ordinal), HashCode.Combine);
    }

    /// <summary>The machine does not have the kernel that a notebook names, so another one ran it.</summary>
    /// <param name="Notebook">The notebook.</param>
    /// <param name="Kernel">The kernel that it names.</param>
    /// <param name="Python">The interpreter that ran it.</param>
    /// <param name="Known">The kernels that the machine has.</param>
    public sealed record KernelReplaced(string Notebook, string Kernel, string Python, IReadOnlyList<string> Known)
        : Warning("kernel-replaced")
    {
        /// <inheritdoc/>
        public bool Equals(KernelReplaced? other) => other is not null
            && (Notebook, Kernel, Python) == (other.Notebook, other.Kernel, other.Python) && Known.SequenceEqual(other.Known);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Notebook, Kernel, Python);
    }

    /// <summary>A notebook ran with another interpreter than the first on <c>PATH</c>, which has no kernel.</summary>
    /// <param name="Notebook">The notebook.</param>
    /// <param name="First">The first interpreter on <c>PATH</c>.</param>
    /// <param name="Used">The interpreter that ran the notebook.</param>
    public sealed record NotebookElsewhere(string Notebook, string First, string Used) : Warning("notebook-elsewhere");

    /// <summary>The run was given a path into the project's folder to something that the snapshot does not have.</summary>
    /// <param name="Where">What names the path: the command, a parameter, a variable, an editable install.</param>
    /// <param name="Path">The path.</param>
    public sealed record LivePath(string Where, string Path) : Warning("live-path");

    /// <summary>Code of the snapshot names the project's folder by its full path.</summary>
    /// <param name="File">The file.</param>
    /// <param name="Line">The first such line, from 1; in a notebook, the line of all its code.</param>
    /// <param name="Path">The path of the folder.</param>
    public sealed record LivePathInCode(string File, int Line, string Path) : Warning("live-path-in-code");

    /// <summary>The failed command looked for something that the project's folder has, and that its snapshot has not.</summary>
    /// <param name="Path">The file or folder, relative to the project.</param>
    public sealed record FileLeftOut(string Path) : Warning("file-left-out");

    /// <summary>The attempt's working folder could not be removed.</summary>
    /// <param name="Folder">The folder.</param>
    /// <param name="Why">Why not.</param>
    public sealed record FolderNotRemoved(string Folder, string Why) : Warning("folder-not-removed");
}
