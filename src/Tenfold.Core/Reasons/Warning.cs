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

    /// <summary>The metric that decides never came, and a line of the output looks like it.</summary>
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

    /// <summary>The run was given a path into the project's folder to something that the snapshot does not have.</summary>
    /// <param name="Where">What names the path: the command, a parameter, a variable, an editable install.</param>
    /// <param name="Path">The path.</param>
    public sealed record LivePath(string Where, string Path) : Warning("live-path");

    /// <summary>Code of the snapshot names the project's folder by its full path.</summary>
    /// <param name="File">The file.</param>
    /// <param name="Line">The first such line, from 1; in a notebook, the line of all its code.</param>
    /// <param name="Path">The path of the folder.</param>
    public sealed record LivePathInCode(string File, int Line, string Path) : Warning("live-path-in-code");

    /// <summary>The attempt's working folder could not be removed.</summary>
    /// <param name="Folder">The folder.</param>
    /// <param name="Why">Why not.</param>
    public sealed record FolderNotRemoved(string Folder, string Why) : Warning("folder-not-removed");
}
