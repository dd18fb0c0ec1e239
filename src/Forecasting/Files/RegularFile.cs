using System.Runtime.InteropServices;
using System.Text;

namespace Coinsphere.Messaging.Forecasting.Files;

/// <summary>Distinguishes regular files from other paths. Opening a FIFO would wait for its writer without an end.</summary>
public static partial class RegularFile
{
    // struct statx, the same on every Linux
    private const int StatusSize = 256;
    private const int ModeOffset = 28;
    private const int CurrentFolder = -100;
    private const uint TypeWanted = 1;
    private const int PathLength = 4096;

    /// <summary>
    /// The kind of a path that is not a regular file of its folder, such as <c>a FIFO</c> or a link out of it; null for a regular file, and where nothing exists
    /// or the kind is unknown.
    /// </summary>
    public static string? OtherKind(string path) => SpecialKind(path) ?? (LeavesFolder(path) ? "a link out of its folder" : null);

    // Whoever may add a link to a folder would otherwise get the text of any file of the machine in a refusal.
    private static bool LeavesFolder(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is not null
            && RealPath(path) is { } target
            && RealPath(file.DirectoryName!) is { } folder
            && !target.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
    }

    private static string? RealPath(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var buffer = new byte[PathLength];
        return Resolve(path, buffer) == 0 ? null : Encoding.UTF8.GetString(buffer.AsSpan(0, Math.Max(0, buffer.AsSpan().IndexOf((byte)0))));
    }

    private static string? SpecialKind(string path)
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

    /// <summary>Opens a regular file of its folder to be read; others may read, rename and delete it meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mayBeElsewhere">Whether it may be a link out of its folder: a file that a user named.</param>
    /// <exception cref="IOException">It is something else, or missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read it.</exception>
    public static FileStream OpenRead(string path, bool mayBeElsewhere = false) => (mayBeElsewhere ? SpecialKind(path) : OtherKind(path)) is { } kind
        ? throw new IOException($"{path}: it is {kind}, expected a regular file")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint wanted, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Resolve(string path, Span<byte> resolved);
}
