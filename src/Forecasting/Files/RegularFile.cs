using System.Runtime.InteropServices;

namespace Coinsphere.Messaging.Forecasting.Files;

/// <summary>Distinguishes regular files from other paths. Opening a FIFO would wait for its writer without an end.</summary>
public static partial class RegularFile
{
    // struct statx, the same on every Linux
    private const int StatusSize = 256;
    private const int ModeOffset = 28;
    private const int CurrentFolder = -100;
    private const uint TypeWanted = 1;

    /// <summary>
    /// The kind of a path that is not a regular file, such as <c>a FIFO</c>; null for a regular file, and where nothing exists or the kind is
    /// unknown.
    /// </summary>
    public static string? OtherKind(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Directory.Exists(path) ? "a directory" : null;
        }

        Span<byte> status = stackalloc byte[StatusSize];
        if (Status(CurrentFolder, path, 0, TypeWanted, status) != 0)
        {
            return null;
        }

        return (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & 0xF000) switch
        {
            0x1000 => "a FIFO",
            0x2000 or 0x6000 => "a device",
            0x4000 => "a directory",
            0xC000 => "a socket",
            _ => null,
        };
    }

    /// <summary>Opens a regular file to be read; others may read, rename and delete it meanwhile.</summary>
    /// <exception cref="IOException">It is something else, or missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read it.</exception>
    public static FileStream OpenRead(string path) => OtherKind(path) is { } kind
        ? throw new IOException($"{path}: it is {kind}, expected a regular file")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint wanted, Span<byte> status);
}
