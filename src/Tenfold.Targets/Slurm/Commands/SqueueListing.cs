using System.Globalization;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Reads the output of squeue.</summary>
internal static class SqueueListing
{
    // The comments and names of other tools' jobs may contain any other character.
    private const char FieldSeparator = '\x1f', RecordSeparator = '\x1e';

    private static readonly string[] Fields =
        ["ArrayJobID", "ArrayTaskID", "State", "Reason", "RestartCnt", "exit_code", "NodeList", "Name", "Comment"];

    /// <summary>The value of squeue's option <c>--Format</c>.</summary>
    public static string Format { get; } =
        string.Join(',', Fields.Select((field, i) => $"{field}:{(i == Fields.Length - 1 ? RecordSeparator : FieldSeparator)}"));

    /// <summary>Variables that keep squeue and scontrol from shortening or translating their output.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["SLURM_BITSTR_LEN"] = "0",
        ["LC_ALL"] = "C",
        ["SLURM_TIME_FORMAT"] = "standard",
    };

    /// <summary>Reads a listing. Malformed lines are left out.</summary>
    public static IReadOnlyList<SlurmJob> Read(string listing) =>
        [.. listing.Split(RecordSeparator).Select(line => ReadLine(line.TrimStart('\n'))).OfType<SlurmJob>()];

    private static SlurmJob? ReadLine(string line)
    {
        var fields = line.Split(FieldSeparator);
        if (fields.Length != Fields.Length || !long.TryParse(fields[0], CultureInfo.InvariantCulture, out var id)) return null;
        return new SlurmJob
        {
            Id = id,
            Indices = ArrayRanges.Read(fields[1], ArrayRanges.MaxElements) ?? [],
            State = fields[2],
            Reason = fields[3],
            Restarts = int.TryParse(fields[4], CultureInfo.InvariantCulture, out var restarts) ? restarts : 0,
            WaitStatus = SlurmExitCode.ReadWaitStatus(fields[5]),
            Nodes = fields[6],
            Name = fields[7],
            Comment = fields[8] is "(null)" or "" ? null : fields[8],
        };
    }
}
