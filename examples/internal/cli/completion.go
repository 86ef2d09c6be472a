package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// completion is --completion: it prints what makes a shell complete options,
// modes after -M and fields after -s and -m; anything else is a file.
func (p *Program) completion(w io.Writer, shell string) error {
	script, ok := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[shell]
	if !ok {
		return Usagef("--completion %s: want bash, zsh or fish", shell)
	}
	_, err := strings.NewReplacer(
		"NAME", p.Name,
		"OPTIONS", strings.Join(p.optionWords(), " "),
		"FISH", strings.Join(p.fishOptions(), "\n"),
		"MODES", strings.Join(modeWords(), " "),
		"FIELDS", strings.Join(fieldWords(), " "),
	).WriteString(w, script)
	return err
}

// optionWords are the options as they are typed.
func (p *Program) optionWords() (words []string) {
	for name := range p.arities() {
		if len(name) > 1 {
			words = append(words, "--"+name)
		} else {
			words = append(words, "-"+name)
		}
	}
	slices.Sort(words)
	return words
}

func (p *Program) fishOptions() (lines []string) {
	for _, word := range p.optionWords() {
		kind := "-s"
		if strings.HasPrefix(word, "--") {
			kind = "-l"
		}
		lines = append(lines, fmt.Sprintf("complete -c %s %s '%s'", p.Name, kind, strings.TrimLeft(word, "-")))
	}
	return lines
}

func modeWords() []string { return slices.Sorted(maps.Keys(modes)) }

func fieldWords() (words []string) {
	for a := range record.Attributes().All() {
		words = append(words, a.Name)
	}
	slices.Sort(words)
	return words
}

const bashScript = `# source <(NAME --completion bash)
_NAME() {
	local cur=${COMP_WORDS[COMP_CWORD]} option= head i
	for ((i = COMP_CWORD - 1; i > 0; i--)); do
		case ${COMP_WORDS[i]} in -*) option=${COMP_WORDS[i]}; break;; esac
	done
	case $cur in -*) COMPREPLY=($(compgen -W "OPTIONS" -- "$cur")); return;; esac
	case $option in
	-s | -m)
		head=${cur%"${cur##*[,+-]}"}
		COMPREPLY=($(compgen -P "$head" -W "FIELDS" -- "${cur#"$head"}"));;
	-M)
		COMPREPLY=($(compgen -W "MODES" -- "$cur"));;
	esac
}
complete -o default -F _NAME NAME
`

const zshScript = `#compdef NAME
# NAME --completion zsh > a directory of $fpath/_NAME
_NAME() {
	local option= i
	for ((i = CURRENT - 1; i > 1; i--)); do
		if [[ $words[i] == -* ]]; then option=$words[i]; break; fi
	done
	if [[ $PREFIX == -* ]]; then compadd -- OPTIONS; return; fi
	case $option in
	-s | -m) compset -P '*[,+-]'; compadd -- FIELDS;;
	-M) compadd -- MODES;;
	*) _files;;
	esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _NAME "$@"; else compdef _NAME NAME; fi
`

const fishScript = `# NAME --completion fish | source
FISH
complete -c NAME -s s -x -a 'FIELDS'
complete -c NAME -s m -x -a 'FIELDS'
complete -c NAME -s M -x -a 'MODES'
`
