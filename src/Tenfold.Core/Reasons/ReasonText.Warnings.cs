using System.Globalization;
using Tenfold.Core.Input;

namespace Tenfold.Core.Reasons;

/// <content>The words of warnings.</content>
public static partial class ReasonText
{
    private const int LongestName = 400;

    private static string WordsOf(Warning warning) => warning switch
    {
        Warning.Note note => note.Text,
        Warning.Unknown unknown => unknown.Words ?? Members(unknown.Code, unknown.Data),
        Warning.FileNotStored file => $"{Excerpt.Bare(file.Path, LongestName)} was not stored: {Excerpt.Bare(file.Why, LongestName)}",
        Warning.MoreFilesNotStored more =>
            $"{more.Count} more file{(more.Count == 1 ? " was" : "s were")} not stored; the attempt's manifest.json in the store " +
            "names each",
        Warning.VariablesLeftOut left =>
            $"{left.Parameter} has {left.Bytes.ToString("N0", CultureInfo.InvariantCulture)} bytes, which is too long for environment "
            + $"variables: {Listed(left.Variables)} {(left.Variables.Count == 1 ? "is" : "are")} not set. Read {left.Parameter} from the "
            + "JSON file that $TENFOLD_PARAMS names",
        Warning.DataChanged changed =>
            $"{changed.What}, while it ran: its result may not come from the data it is pinned to. Let scripts write to " +
            "$TENFOLD_OUTPUT_DIR or their working folder",
        Warning.MetricsNotUnderstood metrics =>
            $"{metrics.Lines} metric line{(metrics.Lines == 1 ? " was" : "s were")} not understood; the first: {metrics.First}",
        Warning.MetricNotFound metric =>
            $"no line reports {metric.Metric}, but this one on standard {(metric.IsStandardError ? "error" : "output")} may: " +
            $"{metric.Line}\n`train:` in tenfold.yaml finds it with  metrics: {{ {MetricEntry(metric.Metric, metric.Pattern)} }}",
        Warning.LinesTooLong lines =>
            $"{lines.Lines} line{(lines.Lines == 1 ? " is" : "s are")} longer than {lines.LimitBytes / 1024} KiB, and no metrics were " +
            $"looked for in {(lines.Lines == 1 ? "it" : "them")}; the first: {lines.First}",
        Warning.UpdatesSkipped updates =>
            $"a line was rewritten more than {updates.AllUpTo.ToString("N0", CultureInfo.InvariantCulture)} times, so not all of its " +
            "values were recorded; the last one was. Let the script update its progress bar less often",
        Warning.OutputHeldOpen =>
            "a process that it started and left running, outside its process group, holds its output open; " +
            "what that process prints is lost",
        Warning.ProcessesEnded { Processes: 1 } =>
            "a process that it had started still ran when it ended, and was ended too; a command must wait for what it starts (`wait`)",
        Warning.ProcessesEnded ended =>
            $"{ended.Processes} processes that it had started still ran when it ended, and were ended too; a command must wait for what " +
            "it starts (`wait`)",
        Warning.OutputNotStored output => output.Message,
        Warning.CheckpointNotStored checkpoint =>
            $"its last checkpoint could not be saved, so another attempt would resume from the one before: {checkpoint.Message}",
        Warning.CheckpointIncomplete incomplete =>
            $"{incomplete.Path} in the checkpoint folder was being written when the run ended and may be incomplete; the next attempt " +
            "uses " +
            (incomplete.SavedAtMs is { } at ? $"the checkpoint of {DateTimeOffset.FromUnixTimeMilliseconds(at):yyyy-MM-dd HH:mm:ss}Z"
                : "the checkpoint of an earlier attempt, or none") +
            ". Write to a temporary name, and rename the file when it is complete",
        Warning.FolderNotRemoved folder => $"{folder.Folder} could not be removed: {folder.Why}",
        Warning.EnvironmentChanged changed =>
            $"the environment of {changed.File} was changed while this run used it ({changed.What}), " +
            (changed.Others is { Count: > 0 } others ? $"by this run or by {Listed(others)}, which used it too. The" : "so the") +
            " next run gets a new one. " +
            $"Add what a run installs to {changed.File}",
        Warning.EnvironmentNotReused made =>
            $"the environment of {made.File} was made for this group alone, because nobody can tell what a line of it depends on: " +
            made.Line,
        Warning.EnvironmentRefused refused =>
            $"the environment of {refused.File} in the store was refused, because {Excerpt.Bare(refused.Why, LongestName)}. It was built " +
            "again. Find out which program changed the store",
        Warning.ParametersUntagged { Overwritten.Count: > 0 } untagged =>
            $"{untagged.Notebook} has no cell tagged `parameters`, so the parameters were set before its first cell, and it sets " +
            $"{string.Join(", ", untagged.Overwritten)} again: tag the cell that sets the defaults",
        Warning.ParametersUntagged untagged =>
            $"{untagged.Notebook} has no cell tagged `parameters`, so the parameters were set before its first cell: " +
            "tag the cell that sets the defaults",
        Warning.ParametersUndeclared undeclared =>
            $"the cell of {undeclared.Notebook} that is tagged `parameters` does not set {string.Join(", ", undeclared.Names)}: " +
            "correct the name, or add it to the cell",
        Warning.KernelReplaced kernel =>
            $"{kernel.Notebook} names the kernel '{kernel.Kernel}', which this machine does not have, so it ran with {kernel.Python}. " +
            $"Kernels here: {(kernel.Known.Count == 0 ? "none" : string.Join(", ", kernel.Known))}",
        Warning.NotebookElsewhere elsewhere =>
            $"{elsewhere.Notebook} ran with {elsewhere.Used}, because {elsewhere.First}, the first on PATH, has no ipykernel: install it " +
            "there, or name an environment under train.environment",
        Warning.LivePath live =>
            $"{live.Where} names {live.Path}, which is in the project's folder but not in the snapshot, so runs read an unpinned " +
            "file. List it under train.data, or include it in the snapshot",
        Warning.LivePathInCode live =>
            $"{live.File} names the project's folder by its full path (line {live.Line}: {live.Path}): runs read an unpinned file " +
            "there. Write the path relative to the working folder",
        Warning.FileLeftOut left =>
            $"{Excerpt.Bare(left.Path, LongestName)} is in the project's folder, but not in the run's snapshot: git or train.exclude " +
            "ignores it, or it is newer. List it under train.data, or take it in with exclude: " +
            $"[ \"!{Excerpt.Bare(left.Path, LongestName)}\" ]",
        _ => warning.Code,
    };

    /// <summary>An entry of <c>metrics:</c> in <c>tenfold.yaml</c>: a name with its pattern.</summary>
    public static string MetricEntry(string metric, string pattern)
    {
        var isPlain = metric.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(metric.FirstOrDefault('0'));
        return $"{(isPlain ? metric : Quoted(metric))}: {Quoted(pattern)}";

        static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string Listed(IReadOnlyList<string> names, int most = 6) => names.Count <= most
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(most))} and {names.Count - most} more";
}
