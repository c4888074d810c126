using System.Text;
using Tenfold.Core.Output;

namespace Tenfold.Cli.Output;

/// <summary>
/// Writes text to a terminal or a pipe so that a terminal obeys nothing in it (<see cref="PlainText.Escape"/>), whatever script, project
/// or teammate it comes from. Only pictures are written to <see cref="Raw"/>.
/// </summary>
/// <param name="open">Opens the standard stream, at the first write.</param>
internal sealed class GuardedWriter(Func<Stream> open) : TextWriter
{
    private readonly Lazy<TextWriter> _raw = new(() =>
        Synchronized(new StreamWriter(open(), Console.OutputEncoding, bufferSize: 256, leaveOpen: true) { AutoFlush = true }));

    /// <summary>The stream's own writer.</summary>
    public TextWriter Raw => _raw.Value;

    /// <inheritdoc/>
    public override Encoding Encoding => Raw.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (!string.IsNullOrEmpty(value)) Raw.Write(PlainText.Escape(value));
    }

    /// <inheritdoc/>
    public override void WriteLine() => Raw.WriteLine();

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Raw.WriteLine(PlainText.Escape(value ?? ""));

    /// <inheritdoc/>
    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());

    /// <inheritdoc/>
    public override void Flush()
    {
        if (_raw.IsValueCreated) Raw.Flush();
    }
}
