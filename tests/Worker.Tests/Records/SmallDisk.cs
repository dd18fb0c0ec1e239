using System.Diagnostics;

namespace Coinsphere.Messaging.Worker.Tests.Records;

/// <summary>A disk of half a megabyte in memory, which can be filled up and made read-only. Needs the right to mount; without it the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("disk-").FullName;

    public SmallDisk()
    {
        if (!Run("mount", "-t", "tmpfs", "-o", "size=512k", "none", _folder))
        {
            Directory.Delete(_folder);
            Assert.Skip("this user may not mount a disk");
        }
    }

    public string File => Path.Combine(_folder, "records.db");

    private string Ballast => Path.Combine(_folder, "ballast");

    /// <summary>Leaves no byte free.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                ballast.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // No space is left.
        }
    }

    public void Free() => System.IO.File.Delete(Ballast);

    // Not while a file on it is open for writing, which a worker's is for moments.
    public void MakeReadOnly() => Assert.True(SpinWait.SpinUntil(() => Run("mount", "-o", "remount,ro", _folder), TimeSpan.FromSeconds(10)));

    public void MakeWritable() => Assert.True(Run("mount", "-o", "remount,rw", _folder));

    public void Dispose()
    {
        Run("umount", "-l", _folder);
        Directory.Delete(_folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
