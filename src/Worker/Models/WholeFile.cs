namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Files that appear whole: whoever reads the folder sees the old one or the new one. The unfinished one's name ends in nothing that is read as a checkpoint.</summary>
internal static class WholeFile
{
    public static void Write(string path, byte[] content)
    {
        File.WriteAllBytes(Unfinished(path), content);
        File.Move(Unfinished(path), path, overwrite: true);
    }

    public static void Copy(string from, string to)
    {
        File.Copy(from, Unfinished(to), overwrite: true);
        File.Move(Unfinished(to), to, overwrite: true);
    }

    private static string Unfinished(string path) => path + ".tmp";
}
