namespace Tenfold.Core.Snapshots;

/// <summary>Why a file can't be part of a snapshot or of data.</summary>
/// <param name="Path">The file: relative to the project for a snapshot, as given for data.</param>
/// <param name="Message">A sentence that names the file and says what is wrong and what to do.</param>
public sealed record FileFault(string Path, string Message);
