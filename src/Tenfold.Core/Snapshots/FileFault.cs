namespace Tenfold.Core.Snapshots;

/// <summary>Why a file can't be pinned.</summary>
/// <param name="Path">The file: relative to the project for a snapshot, as given for data.</param>
/// <param name="Message">What is wrong and what to do, as a sentence that names the file.</param>
public sealed record FileFault(string Path, string Message);
