using System.Runtime.InteropServices;

namespace Tenfold.Core.Platform;

/// <summary>A null-terminated array of null-terminated UTF-8 strings, the form that exec requires.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;

    /// <summary>Copies the strings.</summary>
    public NativeStrings(IEnumerable<string> strings)
    {
        var list = strings.ToList();
        _count = list.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < _count; i++) Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(list[i]);
    }

    /// <summary>The array.</summary>
    public byte** Pointer { get; }

    /// <summary>One of the strings.</summary>
    public byte* this[int index] => Pointer[index];

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var i = 0; i < _count; i++) Marshal.FreeCoTaskMem((nint)Pointer[i]);
        NativeMemory.Free(Pointer);
    }
}
